// What a ticket of a query configuration says: whom it seeks among how many, and who it is. Read once when it comes, and again for the pool.
import { fieldInvalid, limits, type PlayerId } from "@muster/proto";
import { checkQueryTicket, type QuerySettings, type QueryTicket, queryDocument } from "@muster/rules";
import type { Configuration } from "../configuration.ts";
import type { Ticket, TicketPlayer } from "../ticket.ts";

/** What a ticket says of itself, for others to read. */
export type TicketProperties = {
  readonly stringProperties: Readonly<Record<string, string>>;
  readonly numericProperties: Readonly<Record<string, number>>;
};

/** As the ticket holds it. */
export type TicketQuery = TicketProperties & {
  readonly query: string;
  readonly minCount: number;
  readonly maxCount: number;
  readonly countMultiple: number;
};

/** As a request says it: what it leaves out is undefined. */
export type AskedQuery = TicketProperties & {
  readonly query: string | undefined;
  readonly minCount: number | undefined;
  readonly maxCount: number | undefined;
  readonly countMultiple: number | undefined;
};

/**
 * The query of a ticket of `playerIds`; undefined in a configuration with a rule set.
 *
 * @throws {MusterError} FIELD_INVALID, QUERY_INVALID as checkQueryTicket(); FIELD_INVALID naming a field that is only for the other kind of
 *   configuration.
 */
export function checkTicketQuery(
  { query: settings }: Configuration,
  { asked, playerIds }: { readonly asked: AskedQuery | undefined; readonly playerIds: readonly PlayerId[] },
): TicketQuery | undefined {
  if (!settings) {
    if (asked) throw notWithRuleSet(asked);
    return undefined;
  }
  const { stringProperties = {}, numericProperties = {}, countMultiple = 1, minCount = 0, maxCount = 0 } = asked ?? {};
  const query = asked?.query || "*"; // An empty query seeks anybody, as in the original.
  const most = limits.MATCH_PLAYERS_MAX;
  const asIs = { query, minCount, maxCount, countMultiple, stringProperties, numericProperties };
  checkQueryTicket(writtenTicket(asIs, { sessions: playerIds }), settings);
  if (maxCount > most) throw fieldInvalid("max_count", `at most ${most}`, maxCount);
  return asIs;
}

/** The players with the ticket's properties as their attributes: so the game sees them. */
export function withProperties(
  players: readonly TicketPlayer[],
  properties: TicketProperties,
): readonly TicketPlayer[] {
  const attributes = { ...properties.stringProperties, ...properties.numericProperties };
  return players.map((player) => ({ ...player, attributes }));
}

/** @throws {MusterError} FIELD_INVALID for players who bring what only rule sets look at. */
export function checkBringNothing(players: readonly TicketPlayer[]): void {
  for (const [index, { attributes, team }] of players.entries()) {
    const rule = "absent in a configuration of queries";
    if (team !== undefined) throw fieldInvalid(`players[${index}].team`, rule, team);
    const names = Object.keys(attributes);
    if (names.length === 0) continue;
    throw fieldInvalid(`players[${index}].attributes`, `${rule}, whose tickets have properties`, names.join(", "));
  }
}

/** The ticket as pools match it; undefined if its query cannot be read by `settings`, so that it finds and is found by nobody. */
export function toQueryTicket(ticket: Ticket, settings: QuerySettings): QueryTicket {
  const { query, partyId = "", ticketId, arrival, searchingSinceMs, createdAtWallMs } = ticket;
  if (!query) throw new TypeError("Cannot match a ticket by its query as it has none");
  const sessions = (ticket.readPlayers?.() ?? ticket.players).map(({ playerId }) => playerId);
  const written = { ...writtenTicket(query, { sessions }), ticketId, partyId, arrival };
  // Age is journal time; what queries see as created_at is the time of day.
  const document = queryDocument({ ...written, createdAtMs: createdAtWallMs });
  return { ...checkQueryTicket({ ...written, createdAtMs: searchingSinceMs }, settings), document };
}

function writtenTicket(query: TicketQuery, { sessions }: { readonly sessions: readonly string[] }) {
  return { ...query, sessions, ticketId: "", partyId: "", createdAtMs: 0, arrival: 0 };
}

function notWithRuleSet({ stringProperties, numericProperties, ...scalars }: AskedQuery) {
  const rule = "absent in a configuration with a rule set";
  const fields = { query: "query", minCount: "min_count", maxCount: "max_count", countMultiple: "count_multiple" };
  for (const [key, field] of Object.entries(fields)) {
    const value = scalars[key as keyof typeof scalars];
    if (value !== undefined) return fieldInvalid(field, rule, value);
  }
  const isText = Object.keys(stringProperties).length > 0;
  const names = Object.keys(isText ? stringProperties : numericProperties);
  return fieldInvalid(isText ? "string_properties" : "numeric_properties", rule, names.join(", "));
}
