// The `start` of a ticket with a query, as an event of a simulation writes it.
import { fieldInvalid, parsePlayerId, type TicketId } from "@muster/proto";
import type { WrittenQueryTicket } from "@muster/rules";
import { countOf, numbersOf, playersOf, textOf, textsOf, textTableOf } from "../event-fields.ts";
import type { SimulationEvent } from "../simulation-event.ts";

/** Which session a player plays by. */
export type Member = { readonly session: string; readonly playerId: string };
export type QueryStart = { readonly written: WrittenQueryTicket; readonly members: readonly Member[] };

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readQueryStart(
  event: SimulationEvent,
  at: { readonly ticketId: TicketId; readonly nowMs: number; readonly arrival: number },
): QueryStart {
  const members = membersOf(event);
  const written: WrittenQueryTicket = {
    ticketId: at.ticketId,
    query: textOf(event, "query"),
    minCount: countOf(event, "minCount"),
    maxCount: countOf(event, "maxCount"),
    countMultiple: event.countMultiple === undefined ? undefined : countOf(event, "countMultiple"),
    sessions: members.map(({ session }) => session),
    partyId: textOf(event, "party"),
    createdAtMs: at.nowMs,
    arrival: at.arrival,
    stringProperties: textTableOf(event, "stringProperties"),
    numericProperties: numbersOf(event, "numericProperties"),
  };
  return { written, members };
}

/** By `session` or `members`, by `players`, or by both, one beside the other. A player without a session is one of the same name. */
function membersOf(event: SimulationEvent): readonly Member[] {
  const named =
    event.members === undefined ? [textOf(event, "session")].filter((one) => one !== "") : textsOf(event, "members");
  if (event.players === undefined) {
    return named.map((session, index) => ({ session, playerId: parsePlayerId(`members[${index}]`, session) }));
  }
  const players = playersOf(event).map(({ playerId }, index) => parsePlayerId(`players[${index}].playerId`, playerId));
  if (named.length > 0 && named.length !== players.length) {
    throw fieldInvalid("players", `one player for each of ${named.length} sessions`, players.length);
  }
  return players.map((playerId, index) => ({ session: named[index] ?? playerId, playerId }));
}
