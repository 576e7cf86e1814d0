// A battle with free seats, compiled against the pool: which lanes and buckets its newcomers come from, and which parties fill
// it. Worked out when its roster changes; until then only arrivals near it are tried.
import type { FillGoal, RuleSet, SeatedTeam } from "@muster/rules";
import { fillSizingAt, type Roster, typeOf } from "@muster/rules/plan";
import { ANYWHERE, type Lane, laneKeyOf, sharedKeyOf } from "./lane.ts";
import type { PartyKinds } from "./party.ts";
import type { Level, Plan } from "./plan.ts";
import type { PooledTicket } from "./pool.ts";
import { createRecipes, type Recipes } from "./recipes.ts";

/** A battle to fill, as the matcher sees it. */
export type Battle = {
  /** Of the session. */
  readonly id: string;
  /** Of the roster that this is about. */
  readonly rosterVersion: number;
  /** What else it depends on: the same value while that has not changed. */
  readonly terms: unknown;
  readonly seated: readonly SeatedTeam[];
  readonly goal: FillGoal;
  /** Seats that are free in the session, whatever its teams would take. */
  readonly room: number;
  /** Where it runs: newcomers are judged by their latency there alone. */
  readonly region: string;
  /** Tickets that may not come, whatever the rules say. */
  readonly turnedAway?: ReadonlySet<string> | undefined;
};

export type Opening = {
  readonly battle: Battle;
  /** Keys of the lanes that newcomers come from; undefined: any that `isOpenTo`. */
  readonly lanes: readonly string[] | undefined;
  /** Whether the seated have nothing against what the tickets of the lane share. */
  readonly isOpenTo: (lane: Lane) => boolean;
  /** Of the seated, on the axis; NaN where nobody has a value. */
  readonly low: number;
  readonly high: number;
  readonly seatedIds: ReadonlySet<string>;
  /** By level; undefined at one by whose rules the seated alone are illegal, whoever joins them. */
  readonly recipes: readonly (Recipes | undefined)[];
};

/** Openings of one shape share their recipes: beyond so many shapes they are forgotten all together. */
const SHAPES_MAX = 4_096;

/** Compiles battles; undefined for one that no newcomer can make legal. */
export function createOpenings(plan: Plan, kinds: PartyKinds): (battle: Battle) => Opening | undefined {
  const shapes = new Map<string, Recipes[]>();
  const instances = new Set(plan.ruleSet.tiers[0].teams.flatMap((team) => team.instances));
  const recipesOf = ({ seated, goal, room }: Battle): readonly Recipes[] => {
    const sizes = new Map(seated.map((team) => [team.name, team.players.length]));
    const goals = goal.strategy === "CUSTOM" ? [...goal.teamSizes] : [];
    const key = JSON.stringify([[...sizes], goal.strategy, goals, room]);
    let known = shapes.get(key);
    if (!known) {
      if (shapes.size >= SHAPES_MAX) shapes.clear();
      known = plan.levels.map((level) =>
        createRecipes(sizingOf(plan.ruleSet, level, { sizes, goal }), kinds, { players: room }),
      );
      shapes.set(key, known);
    }
    return known;
  };
  return (battle) => {
    const { seated } = battle;
    // A roster with a team that the rule set does not know is not legal, whoever joins.
    if (seated.some((team) => team.players.length > 0 && !instances.has(team.name))) return undefined;
    const roster: Roster = seated.filter((team) => team.players.length > 0);
    const mayHold = plan.levels.map(({ tier }) => tier.rules.every((rule) => typeOf(rule).mayStillHold(rule, roster)));
    if (!mayHold.includes(true)) return undefined;
    const lanes = lanesOf(plan, roster, battle.region);
    if (lanes?.length === 0) return undefined;
    const along = plan.axis === undefined ? undefined : plan.levels[0]?.kinships[plan.axis];
    const values = along ? along.read(roster).map(Number) : [];
    return {
      battle,
      lanes,
      isOpenTo: laneFilter(plan, roster, battle.region),
      low: values.length === 0 ? Number.NaN : values.reduce((least, value) => Math.min(least, value)),
      high: values.length === 0 ? Number.NaN : values.reduce((most, value) => Math.max(most, value)),
      seatedIds: new Set(seated.flatMap((team) => team.players.map((player) => player.playerId))),
      recipes: recipesOf(battle).map((recipes, level) => (mayHold[level] ? recipes : undefined)),
    };
  };
}

function sizingOf(
  ruleSet: RuleSet,
  { tier }: Level,
  { sizes, goal }: { readonly sizes: ReadonlyMap<string, number>; readonly goal: FillGoal },
) {
  return fillSizingAt(ruleSet, { tier, seatedSizes: sizes, goal });
}

/** Whether lanes are made by regions. */
function readsRegion({ levels: [first], mask }: Plan): boolean {
  return mask !== undefined && first?.tier.rules[mask]?.type === "latency";
}

/** Whether the ticket may come there at all: nobody of it sits there, and it was not turned away. */
export function mayCome({ battle, seatedIds }: Opening, { ticketId, players }: PooledTicket): boolean {
  if (battle.turnedAway?.has(ticketId)) return false;
  return !players.some(({ playerId }) => seatedIds.has(playerId));
}

/** The lanes in `all` that newcomers come from. */
export function* lanesFor({ lanes, isOpenTo }: Opening, all: ReadonlyMap<string, Lane>): Iterable<Lane> {
  if (!lanes) {
    for (const lane of all.values()) if (lane.key !== ANYWHERE && isOpenTo(lane)) yield lane;
    return;
  }
  for (const key of lanes) {
    const lane = all.get(key);
    if (lane) yield lane;
  }
}

/** For a battle whose players say nothing of some of what makes lanes: of the rest they do. */
function laneFilter(plan: Plan, roster: Roster, region: string): Opening["isOpenTo"] {
  const [first] = plan.levels;
  const values = plan.partitions.map((index) => first?.kinships[index]?.read(roster)[0]);
  const texts = plan.mask === undefined || readsRegion(plan) ? [region] : sharedBy(plan, plan.mask, roster);
  const isAny = !readsRegion(plan) && roster.length === 0;
  return ({ branch }) => {
    let at: Lane["branch"] | undefined = branch;
    if (plan.mask !== undefined) {
      if (!isAny && !texts.includes(String(branch.value))) return false;
      at = branch.parent;
    }
    for (const value of values.toReversed()) {
      if (value !== undefined && at?.value !== value) return false;
      at = at?.parent;
    }
    return true;
  };
}

/** What all of the seated share at some age. */
function sharedBy({ levels }: Plan, mask: number, roster: Roster): readonly string[] {
  return [...new Set(levels.flatMap((level) => level.kinships[mask]?.read(roster) ?? []).map(String))];
}

/** The lanes of tickets that share what all of the seated share; undefined where they say nothing of it. */
function lanesOf(plan: Plan, roster: Roster, region: string): readonly string[] | undefined {
  let key = "";
  const [first] = plan.levels;
  for (const index of plan.partitions) {
    const leaves = first?.kinships[index]?.read(roster) ?? [];
    const [value] = leaves;
    if (value === undefined) return undefined;
    if (leaves.some((leaf) => leaf !== value)) return [];
    key += laneKeyOf(value);
  }
  if (plan.mask === undefined) return [key];
  // The battle stays where it is: of latencies only those in its region count.
  if (readsRegion(plan)) return [`${key}${sharedKeyOf(region)}`];
  if (roster.length === 0) return undefined;
  return sharedBy(plan, plan.mask, roster).map((text) => `${key}${sharedKeyOf(text)}`);
}
