// What makes a match good or bad under a rule set, as numbers of which less is better.
import { capacityOf, type RuleSet, type SeatedTeam, spreadsOf } from "@muster/rules";

export type Quality = {
  /** Of the rule that asks for it, or `EMPTY_SEATS`. */
  readonly name: string;
  /** What it is, with its unit where it has one: "near: spread". */
  readonly title: string;
};

export const EMPTY_SEATS = "empty";

/**
 * What `ruleSet` lets one measure of a match: how far apart it is by each distance rule, the worst round trip in its best
 * region by a latency rule; and at last, for every rule set, the share of seats that stay empty.
 */
export function qualitiesOf(ruleSet: RuleSet): readonly Quality[] {
  const fromRules = ruleSet.tiers[0].rules.flatMap(({ name, type }): readonly Quality[] => {
    if (type === "distance" || type === "batchDistance") return [{ name, title: `${name}: spread of a match` }];
    if (type === "latency") return [{ name, title: `${name}: worst round trip in the best region, ms` }];
    return [];
  });
  return [...fromRules, { name: EMPTY_SEATS, title: "seats that stay empty, %" }];
}

/** What `teams` come to, by the name of each quality. What has nothing to measure there is absent. */
export function measureMatch(ruleSet: RuleSet, teams: readonly SeatedTeam[]): ReadonlyMap<string, number> {
  const measured = new Map(spreadsOf(ruleSet, teams));
  const roundTrip = worstRoundTrip(teams);
  for (const { name, type } of ruleSet.tiers[0].rules) {
    if (type === "latency" && roundTrip !== undefined) measured.set(name, roundTrip);
  }
  const players = teams.reduce((sum, team) => sum + team.players.length, 0);
  return measured.set(EMPTY_SEATS, 100 * (1 - players / capacityOf(ruleSet)));
}

/** In ms. Undefined: there is no region that everybody measured. */
function worstRoundTrip(teams: readonly SeatedTeam[]): number | undefined {
  const measured = teams.flatMap(({ players }) => players.map(({ latenciesMs = {} }) => latenciesMs));
  const worst = Object.keys(measured[0] ?? {}).map((region) => {
    return measured.reduce((most, one) => Math.max(most, one[region] ?? Number.POSITIVE_INFINITY), 0);
  });
  const best = Math.min(...worst);
  return Number.isFinite(best) ? best : undefined;
}
