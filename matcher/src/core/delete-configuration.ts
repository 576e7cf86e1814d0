// Whether a rule set or a configuration may go. What follows for tickets and battles is in folds/configurations.ts.
import { MusterError } from "@muster/proto";
import { choicesOf } from "./cohorts.ts";
import type { MatcherFact } from "./fact.ts";
import type { MatcherState } from "./matcher-state.ts";
import type { Search } from "./searching-tickets.ts";
import { configurationNotFound } from "./start-matching.ts";
import { checkVersion, versionsOf } from "./versions.ts";

export type Deletion = {
  readonly name: string;
  /** Undefined: whichever is there. */
  readonly expectedVersion?: number | undefined;
};

/** The fact; none for a name that was deleted before. @throws {MusterError} RULE_SET_NOT_FOUND, RULE_SET_IN_USE, VERSION_STALE. */
export function decideDeleteRuleSet(state: MatcherState, { name, expectedVersion }: Deletion): readonly MatcherFact[] {
  const present = state.ruleSets.get(name);
  if (!present && state.deleted.ruleSets.has(name)) return [];
  if (!present) throw ruleSetNotFound(name);
  checkVersion(`rule set ${name}`, { present, expected: expectedVersion });
  const users = usersOf(state, name);
  if (users.length > 0) {
    const why = `Cannot delete rule set ${name} as no configuration may use it: ${users.join(", ")}`;
    throw new MusterError("RULE_SET_IN_USE", why.slice(0, WHY_CHARS_MAX), {
      metadata: { configurations: users.join(",") },
    });
  }
  return [{ type: "rule-set-deleted", name }];
}

const WHY_CHARS_MAX = 1_000;

/**
 * The fact; none for a name that was deleted before. Where more than `cancelledMax` tickets search they outlive it, and are to be cancelled
 * by `decideEmptyConfiguration()`.
 *
 * @throws {MusterError} CONFIGURATION_NOT_FOUND, VERSION_STALE.
 */
export function decideDeleteConfiguration(
  state: MatcherState,
  { name, expectedVersion }: Deletion,
  cancelledMax: number = SEARCHING_CANCELLED_MAX,
): readonly MatcherFact[] {
  const present = state.configurations.get(name);
  if (!present && state.deleted.configurations.has(name)) return [];
  if (!present) throw configurationNotFound(name);
  checkVersion(`configuration ${name}`, { present, expected: expectedVersion });
  const searching = state.pools.get(name)?.searching.size ?? 0;
  return [{ type: "configuration-deleted", name, ...(searching > cancelledMax && { keepsSearching: true }) }];
}

/** Tickets that are cancelled in one turn: some 5 ms. */
export const SEARCHING_CANCELLED_MAX = 200;

/** Who searches by a configuration that is there no more, in no order. */
export function searchesLeftBy(state: MatcherState, configuration: string): readonly Search[] {
  if (state.configurations.has(configuration)) return [];
  // A copy of a hundred thousand is made in no time; their ids would hold everybody up.
  return state.pools.get(configuration)?.searching.all().slice() ?? [];
}

/** The facts that cancel those who still search. */
export function decideEmptyConfiguration(state: MatcherState, searches: readonly Search[]): readonly MatcherFact[] {
  return searches
    .filter(({ ticketId }) => state.tickets.get(ticketId)?.ticket.state.phase === "SEARCHING")
    .map(({ ticketId }) => ({ type: "ticket-cancelled", ticketId, cause: "CONFIGURATION_DELETED" }));
}

/** Names of the configurations that play by the rule set, sorted. */
export function usersOf(state: MatcherState, ruleSet: string): readonly string[] {
  return usersByRuleSet(state).get(ruleSet) ?? [];
}

/** Names of configurations, sorted, by each rule set that tickets of theirs may play by. */
export function usersByRuleSet({ configurations }: MatcherState): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const name of [...configurations.keys()].toSorted()) {
    const held = configurations.get(name);
    const ruleSets = held
      ? versionsOf(held).flatMap((version) => choicesOf(version).map(({ ruleSet }) => ruleSet))
      : [];
    for (const ruleSet of new Set(ruleSets)) users.set(ruleSet, [...(users.get(ruleSet) ?? []), name]);
  }
  return users;
}

export function ruleSetNotFound(ruleSet: string): MusterError {
  const why = `Cannot find rule set ${JSON.stringify(ruleSet.slice(0, 64))} as none has the name`;
  return new MusterError("RULE_SET_NOT_FOUND", why, { metadata: { ruleSet: ruleSet.slice(0, 128) } });
}
