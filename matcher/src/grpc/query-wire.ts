// Queries, of configurations and of tickets, on the wire.
import { fieldInvalid, type PartyId } from "@muster/proto";
import type {
  QueryExplanation as QueryExplanationMessage,
  QuerySettings as QuerySettingsMessage,
  StartMatchingRequest,
  TicketProperties as TicketPropertiesMessage,
  TicketQuery as TicketQueryMessage,
} from "@muster/proto/matchmaking";
import {
  INTERVAL_SECONDS_DEFAULT,
  MAX_INTERVALS_DEFAULT,
  type QuerySettings,
  queryModes,
  TICKETS_PER_PLAYER_DEFAULT,
} from "@muster/rules";
import type { QueryExplanation } from "../core/query/explain-query.ts";
import type { MatchedProperties } from "../core/query/show-properties.ts";
import type { AskedQuery, TicketQuery } from "../core/query/ticket-query.ts";

/** What the request says of queries and properties; undefined: nothing. */
export function readAskedQuery(request: StartMatchingRequest): AskedQuery | undefined {
  const { query = "", minCount, maxCount, countMultiple, stringProperties, numericProperties } = request;
  // Without a value made to find out: most tickets say nothing.
  const isBare = query === "" && minCount === undefined && maxCount === undefined && countMultiple === undefined;
  if (isBare && isEmpty(stringProperties) && isEmpty(numericProperties)) return undefined;
  return { query: query || undefined, minCount, maxCount, countMultiple, stringProperties, numericProperties };
}

function isEmpty(table: Readonly<Record<string, unknown>>): boolean {
  for (const _ in table) return false;
  return true;
}

export function writeTicketQuery(query: TicketQuery): TicketQueryMessage {
  const { stringProperties, numericProperties, ...scalars } = query;
  return { ...scalars, stringProperties: { ...stringProperties }, numericProperties: { ...numericProperties } };
}

export function writeMatchedProperties(properties: MatchedProperties): TicketPropertiesMessage {
  const { stringProperties, numericProperties, partyId = "" } = properties;
  return { stringProperties: { ...stringProperties }, numericProperties: { ...numericProperties }, partyId };
}

export function readMatchedProperties(message: TicketPropertiesMessage): MatchedProperties {
  const { stringProperties, numericProperties, partyId } = message;
  return { stringProperties, numericProperties, partyId: (partyId || undefined) as PartyId | undefined };
}

const onMatchedWords = ["keepOthers", "cancelOthers"] as const;

/** @throws {MusterError} FIELD_INVALID for a word that this build does not know; numbers are for checkQuerySettings(). */
export function readQuerySettings(message: QuerySettingsMessage): QuerySettings {
  const mode = message.mode === "" ? "best" : wordOf("query.mode", queryModes, message.mode);
  return {
    mode,
    intervalMs: (message.intervalSeconds || INTERVAL_SECONDS_DEFAULT) * 1_000,
    maxIntervals: message.maxIntervals || MAX_INTERVALS_DEFAULT,
    reversePrecision: message.reversePrecision,
    reverseThreshold: message.reverseThreshold ?? 1,
    maxTicketsPerPlayer: message.maxTicketsPerPlayer || TICKETS_PER_PLAYER_DEFAULT,
    onMatched:
      message.onMatched === "" ? usualOnMatched(mode) : wordOf("query.on_matched", onMatchedWords, message.onMatched),
  };
}

/** In the original a player's other tickets live on; who does not ask for that is to be in one match at a time. */
function usualOnMatched(mode: QuerySettings["mode"]): QuerySettings["onMatched"] {
  return mode === "compatible" ? "keepOthers" : "cancelOthers";
}

function wordOf<Word extends string>(field: string, words: readonly Word[], value: string): Word {
  const word = words.find((one) => one === value);
  if (word) return word;
  throw fieldInvalid(field, `one of ${words.join(", ")}`, value);
}

export function writeQuerySettings({ intervalMs, ...settings }: QuerySettings): QuerySettingsMessage {
  return { ...settings, intervalSeconds: intervalMs / 1_000 };
}

export function writeQueryExplanation({
  clauses,
  nearest,
  isPassive,
  ...rest
}: QueryExplanation): QueryExplanationMessage {
  return {
    ...rest,
    clauses: clauses.map(({ clause, holds, left }) => ({ says: clause, holds, left })),
    nearest: nearest.map((misses) => ({ misses: [...misses] })),
    passive: isPassive,
  };
}
