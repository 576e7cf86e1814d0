// How far a backfill goes, and whether it has arrived or never can: questions about counts, answered without candidates.
import { fieldInvalid, MusterError } from "@muster/proto";
import type { RuleSet, TeamSpec, Tier } from "./rule-set.ts";
import { fullSizes, isLegalSizes, listSizes, roomLeft, type Sizing, sizingOf } from "./search/team-sizes.ts";
import { teamShapes } from "./team-shapes.ts";

/**
 * MAX_POSSIBLE fills every team to its un-expanded maximum and may open further instances of repeated teams. CUSTOM fills
 * up to absolute sizes by instance; an instance that is absent gets nobody.
 */
export type FillGoal = (
  | { readonly strategy: "MAX_POSSIBLE" }
  | { readonly strategy: "CUSTOM"; readonly teamSizes: ReadonlyMap<string, number> }
) & {
  /** Players of one fill. Undefined: any number. */
  readonly playersMax?: number | undefined;
};

/** What a backfill is started with: CUSTOM says how many players to add by instance or template name. */
export type FillStrategy =
  | { readonly strategy: "MAX_POSSIBLE" }
  | { readonly strategy: "CUSTOM"; readonly addPlayers: ReadonlyMap<string, number> };

/** How many players sit in each instance now; an absent one has none. */
export type SeatedSizes = ReadonlyMap<string, number>;

/**
 * The goal of a backfill that starts now. CUSTOM sizes are those of now plus `addPlayers`; a template's players go one by
 * one to its emptiest instance that is in play and has room, then to instances that open for them.
 *
 * @throws {MusterError} TEAM_UNKNOWN with `metadata.team`; TEAM_SIZE_EXCEEDED with `metadata.team` and `maxPlayers`, the
 * un-expanded maximum; FIELD_INVALID when a number is not whole and at least 1, or there is none.
 */
export function fillGoalOf(ruleSet: RuleSet, strategy: FillStrategy, seatedSizes: SeatedSizes): FillGoal {
  if (strategy.strategy === "MAX_POSSIBLE") return { strategy: "MAX_POSSIBLE" };
  const { addPlayers } = strategy;
  if (addPlayers.size === 0) throw fieldInvalid("addPlayers", "players to add for at least one team", "empty");
  const shapes = new Map(teamShapes(ruleSet).map((shape) => [shape.name, shape]));
  const sizes = new Map([...shapes.keys()].map((name) => [name, seatedSizes.get(name) ?? 0]));
  const templates: TeamSpec[] = [];
  for (const [team, count] of addPlayers) {
    if (!Number.isInteger(count) || count < 1) throw fieldInvalid(`addPlayers.${team}`, "a whole number from 1", count);
    const shape = shapes.get(team);
    const template = ruleSet.tiers[0].teams.find(({ name }) => name === team);
    if (!shape && !template) throw teamUnknown(team);
    if (!shape && template) templates.push(template);
    if (!shape) continue;
    const size = (sizes.get(team) ?? 0) + count;
    if (size > shape.maxPlayers) throw teamSizeExceeded({ team, size, maxPlayers: shape.maxPlayers });
    sizes.set(team, size);
  }
  for (const template of templates) addToTemplate(template, addPlayers.get(template.name) ?? 0, sizes);
  return { strategy: "CUSTOM", teamSizes: sizes };
}

/** Whether nothing is left to add: every instance at its un-expanded maximum, or at its CUSTOM goal, or above. */
export function isFull(ruleSet: RuleSet, seatedSizes: SeatedSizes, goal: FillGoal): boolean {
  return teamShapes(ruleSet).every(({ name, maxPlayers }) => {
    const wanted = goal.strategy === "CUSTOM" ? (goal.teamSizes.get(name) ?? 0) : maxPlayers;
    return (seatedSizes.get(name) ?? 0) >= wanted;
  });
}

/** Steps to look for a legal fill: some 100 ms. */
const STEPS_MAX = 32_000;

/**
 * Whether any fill, whoever came, could make a legal roster of these sizes. Looks at counts alone: team sizes, and rules
 * that only count players. False when nothing is left to add. True where it would take too long to tell, as among
 * thousands of seats whose teams no rule on counts allows to be full.
 */
export function isFillPossible(ruleSet: RuleSet, seatedSizes: SeatedSizes, goal: FillGoal): boolean {
  let left = STEPS_MAX;
  return ruleSet.tiers.some((tier) => {
    const sizing = fillSizingAt(ruleSet, { tier, seatedSizes, goal });
    const room = roomLeft(sizing);
    const isBounded = sizing.addedMax !== undefined;
    if (room > 0 && !isBounded && isLegalSizes(sizing, fullSizes(sizing))) return true;
    for (let added = room; added >= 1; added -= 1) {
      const { list, steps } = listSizes(sizing, added, new Set());
      left -= steps;
      if (list.length > 0 || left <= 0) return true;
    }
    return false;
  });
}

/**
 * The sizes that a fill towards `goal` may lead to. MAX_POSSIBLE ignores what has expanded for player counts, as PGOS
 * does; CUSTOM accepts expanded minima, as its goal bounds it anyway.
 */
export function fillSizingAt(
  ruleSet: RuleSet,
  fill: { readonly tier: Tier; readonly seatedSizes: SeatedSizes; readonly goal: FillGoal },
): Sizing {
  const { tier, seatedSizes, goal } = fill;
  const base = ruleSet.tiers[0].teams;
  const addedMax = goal.playersMax;
  if (goal.strategy === "MAX_POSSIBLE") {
    return { ...sizingOf({ teams: base, rules: tier.rules }, seatedSizes), addedMax };
  }
  const maxOf = new Map(base.map((team) => [team.name, team.maxPlayers]));
  const sizing = sizingOf(tier, seatedSizes, (instance, team) => {
    return Math.min(goal.teamSizes.get(instance) ?? 0, maxOf.get(team.name) ?? 0);
  });
  return { ...sizing, addedMax };
}

function addToTemplate(template: TeamSpec, count: number, sizes: Map<string, number>): void {
  const { maxPlayers, maxQuantity } = template;
  const sizeOf = (name: string) => sizes.get(name) ?? 0;
  const present = template.instances.reduce((sum, name) => sum + sizeOf(name), 0);
  const room = template.instances.reduce((sum, name) => sum + Math.max(0, maxPlayers - sizeOf(name)), 0);
  if (count > room) {
    throw teamSizeExceeded({ team: template.name, size: present + count, maxPlayers: maxPlayers * maxQuantity });
  }
  const isInPlay = (name: string) => sizeOf(name) > 0;
  const inPlay = template.instances.filter((name) => isInPlay(name) && sizeOf(name) < maxPlayers);
  const empty = template.instances.filter((name) => !isInPlay(name));
  let left = fillEvenly(inPlay, { count, maxPlayers, sizes });
  for (const name of empty) {
    if (left === 0) break;
    left = fillEvenly([name], { count: left, maxPlayers, sizes });
  }
}

type Filling = { readonly count: number; readonly maxPlayers: number; readonly sizes: Map<string, number> };

/** Players one by one to the emptiest of `names`, the first of equals; says how many found no room. */
function fillEvenly(names: readonly string[], { count, maxPlayers, sizes }: Filling): number {
  const sizeOf = (name: string) => sizes.get(name) ?? 0;
  const missing = (level: number) => names.reduce((sum, name) => sum + Math.max(0, level - sizeOf(name)), 0);
  let level = 0;
  for (let step = 2 ** 14; step >= 1; step /= 2) {
    if (level + step <= maxPlayers && missing(level + step) <= count) level += step;
  }
  let left = count - missing(level);
  for (const name of names) sizes.set(name, Math.max(level, sizeOf(name)));
  if (level === maxPlayers) return left;
  for (const name of names) {
    if (left === 0) break;
    if (sizeOf(name) > level) continue;
    sizes.set(name, level + 1);
    left -= 1;
  }
  return left;
}

function teamUnknown(team: string): MusterError {
  const message = `Cannot add players to ${JSON.stringify(team.slice(0, 64))}: the rule set has no such team`;
  return new MusterError("TEAM_UNKNOWN", message, { metadata: { team } });
}

function teamSizeExceeded(goal: {
  readonly team: string;
  readonly size: number;
  readonly maxPlayers: number;
}): MusterError {
  const { team, size, maxPlayers } = goal;
  const message = `Cannot fill ${team} to ${size} players as its maximum is ${maxPlayers}: the goal is too high`;
  return new MusterError("TEAM_SIZE_EXCEEDED", message, { metadata: { team, maxPlayers: String(maxPlayers) } });
}
