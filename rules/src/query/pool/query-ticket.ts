// A ticket of a query configuration: one player or a party, what it says of itself, whom it seeks, and among how many.
import { fieldInvalid, MusterError } from "@muster/proto";
import { describeQueryProblem, isQuery, parseQuery } from "../parse-query.ts";
import { type QueryDocument, queryDocument } from "../query-document.ts";
import type { Query, QueryMode, QueryProblem } from "../syntax.ts";
import type { QuerySettings } from "./query-settings.ts";

export type QueryTicket = {
  readonly ticketId: string;
  readonly query: Query;
  /** What it says of itself. */
  readonly document: QueryDocument;
  /** Players of a match, this ticket's included; of as many as a multiple of `countMultiple`. */
  readonly minCount: number;
  readonly maxCount: number;
  readonly countMultiple: number;
  /** One for each of its players. */
  readonly sessions: readonly string[];
  /** "": no party. */
  readonly partyId: string;
  readonly createdAtMs: number;
  /** Its place in the order of arrival: of one moment the lower is the older. */
  readonly arrival: number;
};

/** A ticket as it is asked for; the query as text. */
export type WrittenQueryTicket = Omit<QueryTicket, "query" | "document" | "countMultiple"> & {
  readonly query: string;
  /** Undefined: any size. */
  readonly countMultiple: number | undefined;
  readonly stringProperties: Readonly<Record<string, string>>;
  readonly numericProperties: Readonly<Record<string, number>>;
};

export const COUNT_MIN = 2;

/**
 * The ticket, its query read as the configuration reads queries.
 *
 * @throws {MusterError} FIELD_INVALID unless properties have at most 4,096 characters and finite numbers, 2 ≤ `minCount` ≤ `maxCount`, both multiples of `countMultiple` ≥ 1, and no session is there
 *   twice; where queries are read as `best`, also unless its players fit into `maxCount`. QUERY_INVALID if the query cannot be read.
 */
export function checkQueryTicket(written: WrittenQueryTicket, { mode }: Pick<QuerySettings, "mode">): QueryTicket {
  const { stringProperties: _, numericProperties: __, countMultiple = 1, ...rest } = written;
  const { minCount, maxCount, sessions, query: text } = rest;
  if (!isCount(minCount, COUNT_MIN)) throw fieldInvalid("min_count", `a whole number from ${COUNT_MIN}`, minCount);
  if (!isCount(maxCount, minCount)) throw fieldInvalid("max_count", `a whole number from ${minCount}`, maxCount);
  if (!isCount(countMultiple, 1)) throw fieldInvalid("count_multiple", "a whole number from 1", countMultiple);
  if (minCount % countMultiple !== 0) throw fieldInvalid("min_count", `a multiple of ${countMultiple}`, minCount);
  if (maxCount % countMultiple !== 0) throw fieldInvalid("max_count", `a multiple of ${countMultiple}`, maxCount);
  if (sessions.length === 0) throw fieldInvalid("players", "at least one player", "empty");
  if (sessions.length > 1 && new Set(sessions).size < sessions.length)
    throw fieldInvalid("players", "each session once", sessions.join(", "));
  if (mode === "best" && sessions.length > maxCount) {
    throw fieldInvalid("players", `at most ${maxCount} players, its max_count`, sessions.length);
  }
  checkProperties(written);
  const query = readQuery(text, mode);
  if (!isQuery(query)) {
    const metadata = { field: "query", position: String(query.start) };
    throw new MusterError("QUERY_INVALID", describeQueryProblem(query), { metadata });
  }
  return { ...rest, countMultiple, query, document: queryDocument(written) };
}

/** Characters of all keys and texts: what a message of Nakama's holds. Patterns are looked for in them. */
const PROPERTIES_CHARS_MAX = 4_096;

function checkProperties({ stringProperties, numericProperties }: WrittenQueryTicket): void {
  const texts = [...Object.entries(stringProperties).flat(), ...Object.keys(numericProperties)];
  const chars = texts.reduce((sum, text) => sum + text.length, 0);
  if (chars > PROPERTIES_CHARS_MAX) {
    throw fieldInvalid("string_properties", `at most ${PROPERTIES_CHARS_MAX} characters of keys and texts`, chars);
  }
  for (const [key, value] of Object.entries(numericProperties)) {
    if (!Number.isFinite(value)) throw fieldInvalid(`numeric_properties.${key.slice(0, 64)}`, "a finite number", value);
  }
}

/** Queries that were read, as many tickets have the same one. */
const known: Readonly<Record<QueryMode, Map<string, Query>>> = { compatible: new Map(), best: new Map() };
const KNOWN_MAX = 4_096;

/** As parseQuery(), without reading again what was read lately. */
export function readQuery(text: string, mode: QueryMode): Query | QueryProblem {
  const present = known[mode].get(text);
  if (present) return present;
  const query = parseQuery(text, mode);
  if (!isQuery(query)) return query;
  if (known[mode].size >= KNOWN_MAX) known[mode].clear();
  known[mode].set(text, query);
  return query;
}

function isCount(value: number, min: number): boolean {
  return Number.isSafeInteger(value) && value >= min;
}

/** The older first; of one moment, who arrived first. */
export function byAge(one: QueryTicket, other: QueryTicket): number {
  return one.createdAtMs - other.createdAtMs || one.arrival - other.arrival;
}

/** Whether a player is in both. */
export function shareSession(one: QueryTicket, other: QueryTicket): boolean {
  return one.sessions.some((session) => other.sessions.includes(session));
}

/** Whether both are of one party. */
export function shareParty(one: QueryTicket, other: QueryTicket): boolean {
  return one.partyId !== "" && one.partyId === other.partyId;
}

/** Whether the ticket may be in a match of so many players. */
export function allowsSize({ minCount, maxCount, countMultiple }: QueryTicket, size: number): boolean {
  return size >= minCount && size <= maxCount && size % countMultiple === 0;
}
