// By what each ticket of a configuration plays. A change may be put for new tickets only: those of before it then are a cohort of
// their own, which plays by the older versions until the last of its tickets has ended. Nobody is matched across cohorts. Which
// cohort a ticket is in follows from the number of its arrival alone.
import type { RuleSet } from "@muster/rules";
import type { Alternative } from "./configuration.ts";
import type { MatcherState } from "./matcher-state.ts";
import { playersRuleSet } from "./query/players-team.ts";
import {
  type ConfigurationVersion,
  type FormedBy,
  type Held,
  type RuleSetVersion,
  type Version,
  versionFor,
  versionsOf,
} from "./versions.ts";

/** One of the rule sets that a ticket may be matched by, and where such a match is placed. */
export type Choice = {
  readonly ruleSetName: string;
  readonly held: RuleSetVersion;
  readonly queue: string | undefined;
  readonly formedBy: FormedBy;
};

export type Cohort = {
  /** Its tickets arrived from here on … */
  readonly fromArrival: number;
  /** … and before here. */
  readonly untilArrival: number;
  readonly configuration: ConfigurationVersion;
  /** In the order of preference; not empty. */
  readonly choices: readonly Choice[];
};

/** The cohorts of a configuration, the oldest first: the last one is where new tickets are, and battles. Empty: it is not there. */
export function cohortsOf(state: MatcherState, name: string): readonly Cohort[] {
  const held = state.configurations.get(name);
  if (!held) return [];
  const starts = new Set<number>([1]);
  for (const version of versionsOf(held)) {
    starts.add(version.fromArrival);
    for (const { ruleSet } of choicesOf(version)) {
      for (const { fromArrival } of versionsOf<Version>(state.ruleSets.get(ruleSet) ?? NONE)) starts.add(fromArrival);
    }
  }
  const cohorts: Cohort[] = [];
  const sorted = [...starts].toSorted((one, other) => one - other);
  for (const [index, fromArrival] of sorted.entries()) {
    const configuration = versionFor(held, fromArrival);
    const choices = choicesOf(configuration).flatMap(({ ruleSet, queue }): readonly Choice[] => {
      const present = state.ruleSets.get(ruleSet);
      if (!present) return [];
      const version = versionFor(present, fromArrival);
      const formedBy = { configurationVersion: configuration.version, ruleSet, ruleSetVersion: version.version };
      return [{ ruleSetName: ruleSet, held: version, queue, formedBy }];
    });
    if (choices.length === 0) continue;
    const untilArrival = sorted[index + 1] ?? Number.POSITIVE_INFINITY;
    const before = cohorts.at(-1);
    const isSame = before && isPlayedAlike(before, { configuration, choices });
    if (isSame) cohorts[cohorts.length - 1] = { ...before, untilArrival };
    else cohorts.push({ fromArrival, untilArrival, configuration, choices });
  }
  return cohorts;
}

const NONE: Held<Version> = { version: 0, putAtWallMs: 0, fromArrival: 1, older: [] };

function isPlayedAlike(one: Cohort, other: Pick<Cohort, "configuration" | "choices">): boolean {
  if (one.configuration.version !== other.configuration.version) return false;
  return one.choices.every(({ held }, index) => held.version === other.choices[index]?.held.version);
}

/** The rule sets that a configuration names, in the order of preference; none where tickets have queries. */
export function choicesOf({ ruleSet, queue, alternatives = [] }: Choosing): readonly Alternative[] {
  if (ruleSet === undefined) return [];
  return [{ ruleSet, queue }, ...alternatives.map((one) => ({ ruleSet: one.ruleSet, queue: one.queue ?? queue }))];
}

type Choosing = {
  /** Undefined: queries say who fits. */
  readonly ruleSet?: string | undefined;
  readonly queue?: string | undefined;
  readonly alternatives?: readonly Alternative[] | undefined;
};

/** The choice that a battle of the cohort is filled by: that of its match, as long as it is there. */
export function choiceFor(
  { choices }: Cohort,
  battle: { readonly formedBy?: FormedBy | undefined },
): Choice | undefined {
  return choices.find(({ ruleSetName }) => ruleSetName === battle.formedBy?.ruleSet) ?? choices[0];
}

/** The rule set that a battle of the configuration is filled by now. Undefined: the configuration is not there. */
export function ruleSetForBattle(
  state: MatcherState,
  battle: { readonly configuration: string; readonly formedBy?: FormedBy | undefined },
  { capacity }: { readonly capacity: number },
): RuleSet | undefined {
  if (state.configurations.get(battle.configuration)?.query) return playersRuleSet(capacity);
  const present = cohortsOf(state, battle.configuration).at(-1);
  return present && choiceFor(present, battle)?.held.ruleSet;
}

/** The smallest number of arrival among live tickets of the configurations; infinite: there are none. */
export function oldestLiveArrival(state: MatcherState, configurations: Iterable<string>): number {
  let oldest = Number.POSITIVE_INFINITY;
  for (const name of configurations) {
    for (const ticketId of state.pools.get(name)?.players.tickets() ?? []) {
      oldest = Math.min(oldest, state.tickets.get(ticketId)?.ticket.arrival ?? oldest);
    }
  }
  return oldest;
}
