// ListTickets ↔ the matcher's own words: a filter, and the place in the list that a page token stands for.
import { fieldInvalid, parseId, parsePlayerId, readTimeMs, readWord } from "@muster/proto";
import { type ListTicketsRequest, TicketState } from "@muster/proto/matchmaking";
import type { TicketFilter } from "../core/list-tickets.ts";
import { digestOf } from "../digest.ts";

const PAGE_SIZE_DEFAULT = 20;
const PAGE_SIZE_MAX = 100;
/** Of the filter's digest, in a token. */
const QUESTION_CHARS = 16;

export type ListTickets = {
  readonly filter: TicketFilter;
  /** Tells tokens of this filter from others. */
  readonly question: string;
  readonly beforeArrival: number | undefined;
  readonly pageSize: number;
};

/** @throws {MusterError} FIELD_INVALID, ID_MALFORMED. */
export function readListTickets(request: ListTicketsRequest): ListTickets {
  const { configuration, states, playerId, pageSize } = request;
  const filter: TicketFilter = {
    configuration: configuration === "" ? undefined : parseId("configuration", configuration),
    states: states.map((state, index) => readWord(`states[${index}]`, TicketState, state)),
    playerId: playerId === "" ? undefined : parsePlayerId("player_id", playerId),
    createdFromMs: readTimeMs("created_from", request.createdFrom),
    createdBeforeMs: readTimeMs("created_before", request.createdBefore),
  };
  if (new Set(states).size !== states.length) throw fieldInvalid("states", "different states", states);
  const { createdFromMs, createdBeforeMs } = filter;
  if (createdFromMs !== undefined && createdBeforeMs !== undefined && createdFromMs >= createdBeforeMs) {
    throw fieldInvalid("created_before", "later than created_from", request.createdBefore?.toISOString());
  }
  if (pageSize < 0 || pageSize > PAGE_SIZE_MAX) throw fieldInvalid("page_size", `0 to ${PAGE_SIZE_MAX}`, pageSize);
  const question = digestOf(filter).slice(0, QUESTION_CHARS);
  return {
    filter,
    question,
    beforeArrival: readPageToken(question, request.pageToken),
    pageSize: pageSize === 0 ? PAGE_SIZE_DEFAULT : pageSize,
  };
}

/** A place behind the ticket that arrived as number `arrival`, for nobody but this matcher to read. */
export function writePageToken(question: string, arrival: number): string {
  return `l1.${question}.${arrival.toString(36)}`;
}

function readPageToken(question: string, token: string): number | undefined {
  if (token === "") return undefined;
  const [, ofQuestion, digits] = /^l1\.([\w-]{16})\.([0-9a-z]{1,10})$/.exec(token) ?? [];
  if (digits !== undefined && ofQuestion === question) return Number.parseInt(digits, 36);
  throw fieldInvalid("page_token", "a token that the same filter was answered with", token);
}
