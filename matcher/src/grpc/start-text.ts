// The text that a start's digest is of: what canonicalJson() writes of the request, without the object that it would have to be given and
// without a look at the type of each part. A busy matcher writes one for each ticket, which is why this is not left to it.
import type { TicketPlayer } from "../core/ticket.ts";
import { canonicalJson } from "../digest.ts";

/** `canonicalJson({ configuration, players })`, for ids that `parseId()` has seen. */
export function textOfStart(configuration: string, players: readonly TicketPlayer[]): string {
  let list = "";
  for (const player of players) list += list === "" ? textOfPlayer(player) : `,${textOfPlayer(player)}`;
  return `[["configuration","${configuration}"],["players",[${list}]]]`;
}

/** Its keys in their order. */
function textOfPlayer({ attributes, data, latenciesMs, playerId, team }: TicketPlayer): string {
  const more = data === undefined ? "" : `["data",${canonicalJson(data)}],`;
  const latencies = canonicalJson(latenciesMs);
  const whose = `["playerId",${canonicalJson(playerId)}],["team",${team === undefined ? "null" : canonicalJson(team)}]`;
  return `[["attributes",${canonicalJson(attributes)}],${more}["latenciesMs",${latencies}],${whose}]`;
}
