// A matchmaking configuration: which rule set its pool plays by, where matches are placed, and how patient it is.
import { fieldInvalid, limits, MusterError } from "@muster/proto";
import type { QuerySettings } from "@muster/rules";
import { type BackfillSettings, checkBackfillSettings, defaultBackfillSettings } from "./backfill-settings.ts";
import { type DuplicatePlayerSettings, defaultDuplicatePlayers } from "./duplicate-players.ts";
import { canonicalHooks, checkHookSettings, type HookSettings } from "./hooks/hook-settings.ts";
import { canonicalJoinTokens, checkJoinTokenSettings, type JoinTokenSettings } from "./join-tokens/join-settings.ts";
import { canonicalQuery, checkQueryConfiguration } from "./query/check-query-configuration.ts";
import { canonicalSessionSettings, checkSessionSettings, type SessionSettings } from "./session-settings.ts";

/** Players are asked whether they want a match. */
export type AcceptanceSettings = {
  readonly timeoutMs: number;
  /** Whoever is not to blame for the end of a proposal searches on. */
  readonly autoContinue: boolean;
};

/** What becomes of tickets whose match could not be placed. */
export const placementFailurePolicies = ["SEARCH_ON", "FAIL"] as const;
export type PlacementFailurePolicy = (typeof placementFailurePolicies)[number];

/** Another rule set of a configuration. Undefined queue: that of the configuration. */
export type Alternative = { readonly ruleSet: string; readonly queue: string | undefined };

/** Each costs a search of its own over the same tickets. */
export const ALTERNATIVES_MAX = 8;

/** What each field means stands in proto/muster/matchmaking/v1/configuration.proto; here defaults are filled in. */
export type Configuration = {
  readonly name: string;
  /** Undefined: its tickets have queries. */
  readonly ruleSet: string | undefined;
  /** How tickets with queries are matched. Undefined: it has a rule set. */
  readonly query?: QuerySettings | undefined;
  /** Undefined: matches only form groups. */
  readonly queue: string | undefined;
  /** Further rule sets that its tickets may be matched by, in the order of preference after `ruleSet`. Undefined: none. */
  readonly alternatives?: readonly Alternative[] | undefined;
  /** Undefined: a ticket searches as long as it likes. Only by queries. */
  readonly requestTimeoutMs: number | undefined;
  readonly autoBackfill: boolean;
  readonly settleMs: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
  readonly placementRetries: number;
  /** Undefined: by how the placement ended. */
  readonly onPlacementFailed?: PlacementFailurePolicy | undefined;
  /** Undefined: as `defaultBackfillSettings`. */
  readonly backfill?: BackfillSettings | undefined;
  /** Undefined: as `defaultDuplicatePlayers`. */
  readonly duplicatePlayers?: DuplicatePlayerSettings | undefined;
  /** What a ticket's timeout counts from: its request, or each return to the search. Undefined: its request. */
  readonly requestTimeoutFrom?: RequestTimeoutFrom | undefined;
  /** How long its tickets may be without a watch of their owners, in ms: whole seconds. Undefined: they need none. */
  readonly presenceGraceMs?: number | undefined;
  /** Undefined: nobody is asked. */
  readonly acceptance?: AcceptanceSettings | undefined;
  /** Undefined: nothing of it. */
  readonly session?: SessionSettings | undefined;
  /** Undefined: for a minute, to the configuration's name. */
  readonly joinTokens?: JoinTokenSettings | undefined;
  /** Undefined: nobody is asked. */
  readonly hooks?: HookSettings | undefined;
};

export const requestTimeoutStarts = ["REQUEST", "RETURN"] as const;
export type RequestTimeoutFrom = (typeof requestTimeoutStarts)[number];

export const REQUEST_TIMEOUT_MS_DEFAULT = 60_000;
/** Half a day, as PGOS allows. */
export const REQUEST_TIMEOUT_SECONDS_MAX = 43_200;
export const SETTLE_MS_DEFAULT = 10;
export const SETTLE_MS_MAX = 10_000;
export const PLACEMENT_RETRIES_DEFAULT = 2;
export const PLACEMENT_RETRIES_MAX = 10;
export const ACCEPTANCE_TIMEOUT_SECONDS_DEFAULT = 30;
/** GameLift's. */
export const ACCEPTANCE_TIMEOUT_SECONDS_MAX = 600;
/** Properties of one session, and the characters of a key or value: GameLift's limits are lower. */
export const PROPERTIES_MAX = 64;
export const PROPERTY_CHARS_MAX = 1_024;
/** Characters of `data`: GSE's and GameLift's matchmaker data fit. */
export const DATA_CHARS_MAX = 262_144;

/**
 * @throws {MusterError} FIELD_INVALID unless every number and text of `configuration` is in its range; BACKFILL_WITH_ACCEPTANCE if it
 *   has both.
 */
export function checkConfiguration(configuration: Configuration): Configuration {
  const { requestTimeoutMs, settleMs, placementRetries, properties, data, autoBackfill, queue } = configuration;
  checkQueryConfiguration(configuration);
  if (requestTimeoutMs !== undefined) {
    checkWhole("request_timeout_seconds", requestTimeoutMs / 1_000, { min: 1, max: REQUEST_TIMEOUT_SECONDS_MAX });
  }
  checkWhole("settle_ms", settleMs, { min: 0, max: SETTLE_MS_MAX });
  checkWhole("placement_retries", placementRetries, { min: 0, max: PLACEMENT_RETRIES_MAX });
  const entries = Object.entries(properties);
  if (entries.length > PROPERTIES_MAX) throw fieldInvalid("properties", `at most ${PROPERTIES_MAX}`, entries.length);
  for (const [key, value] of entries) {
    if (key.length < 1 || key.length > PROPERTY_CHARS_MAX) {
      throw fieldInvalid("properties", `keys of 1 to ${PROPERTY_CHARS_MAX} characters`, key);
    }
    if (value.length > PROPERTY_CHARS_MAX) {
      throw fieldInvalid(`properties.${key.slice(0, 64)}`, `text of at most ${PROPERTY_CHARS_MAX} characters`, value);
    }
  }
  checkAlternatives(configuration);
  checkBackfillSettings(configuration.backfill ?? defaultBackfillSettings);
  if (data.length > DATA_CHARS_MAX) throw fieldInvalid("data", `at most ${DATA_CHARS_MAX} characters`, data.length);
  const { presenceGraceMs } = configuration;
  if (presenceGraceMs !== undefined) checkPresenceGrace(presenceGraceMs / 1_000);
  if (configuration.session) checkSessionSettings(configuration.session);
  if (configuration.hooks) checkHookSettings(configuration.hooks);
  if (configuration.joinTokens) checkJoinTokenSettings(configuration.joinTokens);
  if (configuration.acceptance) checkAcceptance(configuration.acceptance, configuration);
  if (autoBackfill && queue === undefined) {
    throw new MusterError("FIELD_INVALID", `Cannot backfill matches of ${configuration.name} as it has no queue`, {
      metadata: { field: "auto_backfill" },
    });
  }
  return configuration;
}

/** @throws {MusterError} FIELD_INVALID unless a watch that ends may be followed by another for so long. */
function checkPresenceGrace(seconds: number): void {
  checkWhole("presence_grace_seconds", seconds, { min: 1, max: limits.PRESENCE_GRACE_SECONDS_MAX });
}

function checkAlternatives({ ruleSet, queue, alternatives = [] }: Configuration): void {
  if (alternatives.length > ALTERNATIVES_MAX) {
    throw fieldInvalid("alternatives", `at most ${ALTERNATIVES_MAX}`, alternatives.length);
  }
  const seen = new Set<string | undefined>([ruleSet]);
  for (const [index, one] of alternatives.entries()) {
    const path = `alternatives[${index}]`;
    if (seen.has(one.ruleSet)) throw fieldInvalid(`${path}.rule_set`, "each rule set once", one.ruleSet);
    seen.add(one.ruleSet);
    if (one.queue !== undefined && queue === undefined) {
      throw fieldInvalid(`${path}.queue`, "absent in a configuration without a queue", one.queue);
    }
  }
}

function checkAcceptance({ timeoutMs }: AcceptanceSettings, { name, autoBackfill }: Configuration): void {
  const range = { min: 1, max: ACCEPTANCE_TIMEOUT_SECONDS_MAX };
  checkWhole("acceptance.timeout_seconds", timeoutMs / 1_000, range);
  if (autoBackfill) throw backfillWithAcceptance(name);
}

/** Newcomers could not be asked while a battle runs, nor those in it: PGOS excludes it too. */
export function backfillWithAcceptance(configuration: string): MusterError {
  const why = `Cannot backfill matches of ${configuration} as it asks players for acceptance: only a configuration without has backfill`;
  return new MusterError("BACKFILL_WITH_ACCEPTANCE", why, { metadata: { configuration } });
}

function checkWhole(field: string, value: number, range: { readonly min: number; readonly max: number }): void {
  if (Number.isInteger(value) && value >= range.min && value <= range.max) return;
  throw fieldInvalid(field, `a whole number from ${range.min} to ${range.max}`, value);
}

/** Whether two configurations say the same: putting an equal one again is no fact. */
export function isSameConfiguration(one: Configuration, other: Configuration): boolean {
  return canonical(one) === canonical(other);
}

function canonical(configuration: Configuration): string {
  const sorted = Object.entries(configuration.properties).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { name, ruleSet, query, queue, requestTimeoutMs, autoBackfill, settleMs, data, placementRetries } =
    configuration;
  const { order, preferRunning, ...backfill } = configuration.backfill ?? defaultBackfillSettings;
  const { fillPlayersMax = 0, approvalTimeoutMs = 0 } = backfill;
  const { acceptance } = configuration;
  const { scope, onDuplicate, onSeated } = configuration.duplicatePlayers ?? defaultDuplicatePlayers;
  return JSON.stringify([
    name,
    ruleSet ?? null,
    queue ?? null,
    requestTimeoutMs ?? null,
    autoBackfill,
    settleMs,
    data,
    placementRetries,
    [order, preferRunning, fillPlayersMax, approvalTimeoutMs],
    configuration.onPlacementFailed ?? null,
    (configuration.alternatives ?? []).map((one) => [one.ruleSet, one.queue ?? null]),
    configuration.requestTimeoutFrom ?? "REQUEST",
    configuration.presenceGraceMs ?? null,
    [scope, onDuplicate, onSeated],
    acceptance ? [acceptance.timeoutMs, acceptance.autoContinue] : null,
    sorted,
    query ? canonicalQuery(query) : null,
    canonicalSessionSettings(configuration.session ?? {}),
    canonicalJoinTokens(configuration.joinTokens),
    canonicalHooks(configuration.hooks),
  ]);
}
