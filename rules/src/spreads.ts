// How good a match is by the rules that measure distances: the further apart, the worse. For reports; nothing is judged by it.
import { rosterOf } from "./judge.ts";
import type { Roster, SeatedTeam } from "./roster.ts";
import type { RuleSet } from "./rule-set.ts";
import { distanceOf } from "./rule-types/batch-distance.ts";
import { largestDistance } from "./rule-types/distance.ts";
import type { Rule } from "./rule-types/table.ts";

/**
 * For each distance and batchDistance rule, by name, the largest distance that it measures in `teams`, as the rule is before
 * anything expands. A rule that has nothing to measure there is absent, and so are rules that a compound names.
 */
export function spreadsOf(ruleSet: RuleSet, teams: readonly SeatedTeam[]): ReadonlyMap<string, number> {
  const [{ teams: specs, rules }] = ruleSet.tiers;
  const roster = rosterOf(specs, teams);
  const spreads = new Map<string, number>();
  for (const rule of rules) {
    const spread = spreadOf(rule, roster);
    if (spread !== undefined) spreads.set(rule.name, spread);
  }
  return spreads;
}

function spreadOf(rule: Rule, roster: Roster): number | undefined {
  if (rule.type === "batchDistance") return distanceOf(rule, roster);
  return rule.type === "distance" ? largestDistance(rule, roster) : undefined;
}
