// Whether a rule set or a configuration that somebody puts says anything new.
import { limits, MusterError } from "@muster/proto";
import { parseRuleSet } from "@muster/rules";
import { choicesOf, oldestLiveArrival } from "./cohorts.ts";
import { type Configuration, isSameConfiguration } from "./configuration.ts";
import { decideEmptyConfiguration, searchesLeftBy, usersOf } from "./delete-configuration.ts";
import type { MatcherFact } from "./fact.ts";
import type { MatcherState } from "./matcher-state.ts";
import { checkSameKind } from "./query/check-query-configuration.ts";
import { checkVersion, type Held, olderOf, type Version } from "./versions.ts";

/** What a put may say of the version that it replaces. */
export type Put = {
  /** 0: there is none. Undefined: whichever is there. */
  readonly expectedVersion?: number | undefined;
  /** Tickets of before play on by what they have. Default: all tickets play by what is put. */
  readonly newTicketsOnly?: boolean | undefined;
  /** Digest of what the file says that puts it. It is put only where the file says something new. */
  readonly filed?: string | undefined;
};

/** Older versions of one name that tickets still play by. */
export const OLDER_VERSIONS_MAX = 8;

/** The fact, unless the same document is there under the name. @throws {MusterError} RULE_SET_INVALID, OVERLOADED, VERSION_STALE. */
export function decidePutRuleSet(
  state: MatcherState,
  { name, document, ...put }: { readonly name: string; readonly document: string } & Put,
): readonly MatcherFact[] {
  const present = state.ruleSets.get(name);
  if (present && isKnown(present, put, present.document === document)) return [];
  checkVersion(`rule set ${name}`, { present, expected: put.expectedVersion });
  if (put.newTicketsOnly) checkOlder(state, { what: `rule set ${name}`, present, users: usersOf(state, name) });
  const limit = limits.RULE_SETS_MAX;
  if (!present && state.ruleSets.size >= limit) {
    const why = `Cannot put rule set ${name} as there may be at most ${limit}: there are as many`;
    throw new MusterError("OVERLOADED", why, { metadata: { limit: String(limit) } });
  }
  parseRuleSet(document);
  return [{ type: "rule-set-put", name, document, ...termsOf(put) }];
}

/** The fact, unless the same configuration is there. @throws {MusterError} RULE_SET_NOT_FOUND, VERSION_STALE; FIELD_INVALID if it is of another kind. */
export function decidePutConfiguration(
  state: MatcherState,
  configuration: Configuration,
  put: Put = {},
): readonly MatcherFact[] {
  const { name } = configuration;
  for (const { ruleSet } of choicesOf(configuration)) {
    if (state.ruleSets.has(ruleSet)) continue;
    const why = `Cannot put configuration ${name} as its rule set must be there: ${ruleSet} is not`;
    throw new MusterError("RULE_SET_NOT_FOUND", why, { metadata: { ruleSet } });
  }
  const present = state.configurations.get(name);
  if (present && isKnown(present, put, isSameConfiguration(present, configuration))) return [];
  checkVersion(`configuration ${name}`, { present, expected: put.expectedVersion });
  if (present) checkSameKind(present, configuration);
  if (put.newTicketsOnly) checkOlder(state, { what: `configuration ${name}`, present, users: [name] });
  // Who is left of a deleted one of the name does not play by this one.
  const left = decideEmptyConfiguration(state, searchesLeftBy(state, name));
  return [...left, { type: "configuration-put", configuration, ...termsOf(put) }];
}

/** Whether the put changes nothing. What is there for new tickets only may be put for all of them. */
function isKnown(
  { older, filed }: { readonly older: readonly unknown[]; readonly filed?: string | undefined },
  put: Put,
  isSame: boolean,
): boolean {
  if (put.filed !== undefined) return put.filed === filed;
  return isSame && (put.newTicketsOnly === true || older.length === 0);
}

function termsOf({ newTicketsOnly, filed }: Put): Pick<Put, "newTicketsOnly" | "filed"> {
  return { ...(newTicketsOnly && { newTicketsOnly }), ...(filed !== undefined && { filed }) };
}

function checkOlder<AnyVersion extends Version>(
  state: MatcherState,
  {
    what,
    present,
    users,
  }: {
    readonly what: string;
    readonly present: Held<AnyVersion> | undefined;
    readonly users: readonly string[];
  },
): void {
  if (!present || present.older.length < OLDER_VERSIONS_MAX) return;
  const ranges = { oldestArrival: oldestLiveArrival(state, users), untilArrival: state.arrivals + 1 };
  if (olderOf(present, ranges).length <= OLDER_VERSIONS_MAX) return;
  const why = `Cannot put ${what} for new tickets only as tickets may play by at most ${OLDER_VERSIONS_MAX} older versions: they play by as many`;
  throw new MusterError("OVERLOADED", why, { metadata: { limit: String(OLDER_VERSIONS_MAX) } });
}
