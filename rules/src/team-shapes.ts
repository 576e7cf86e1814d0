// The teams of a rule set by instance, and how many players they hold before anything expands.
import type { RuleSet } from "./rule-set.ts";

/** One team instance, such as `red` or `red_001`, with the un-expanded bounds of its template. */
export type TeamShape = {
  readonly name: string;
  readonly template: string;
  readonly minPlayers: number;
  readonly maxPlayers: number;
};

/** All instances that may open, up to the maximum quantity, in the document's order, with un-expanded bounds. */
export function teamShapes(ruleSet: RuleSet): readonly TeamShape[] {
  return ruleSet.tiers[0].teams.flatMap(({ name: template, minPlayers, maxPlayers, instances }) =>
    instances.map((name) => ({ name, template, minPlayers, maxPlayers })),
  );
}

/** Players that a match can hold: the sum of the un-expanded maxima over all instances. */
export function capacityOf(ruleSet: RuleSet): number {
  return teamShapes(ruleSet).reduce((sum, team) => sum + team.maxPlayers, 0);
}

/** Whether `name` is a team that a player may ask for: an instance or a template. */
export function hasTeam(ruleSet: RuleSet, name: string): boolean {
  return ruleSet.tiers[0].teams.some((team) => team.name === name || team.instances.includes(name));
}
