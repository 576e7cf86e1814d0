// A battle with free seats, compiled against the pool: which lanes and buckets its newcomers come from, and which parties fill
// it. Worked out when its roster changes; until then only arrivals near it are tried.
import type { FillGoal, RuleSet, SeatedTeam } from "@muster/rules";
import { compiledOnce, fillSizingAt, type Roster } from "@muster/rules/plan";
import { ANYWHERE, type Lane } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import type { Level, Plan } from "./plan.ts";
import type { Pool, PooledTicket } from "./pool.ts";
import { createRecipes, type Recipes } from "./recipes.ts";
import { mixed, seatedRangeReader, seatedValueReader } from "./traits.ts";

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
  /** The lanes that newcomers come from, kept until the opening is closed; undefined: any that `isOpenTo`. */
  readonly lanes: readonly Lane[] | undefined;
  /** Whether the seated have nothing against what the tickets of the lane share. */
  readonly isOpenTo: (lane: Lane) => boolean;
  /** Of the seated, on the axis; NaN where nobody has a value. */
  readonly low: number;
  readonly high: number;
  /** Who sits there, of a large battle: written down when it is first asked for. */
  seatedIds: ReadonlySet<string> | undefined;
  /** By level; undefined at one by whose rules the seated alone are illegal, whoever joins them. */
  readonly recipes: readonly (Recipes | undefined)[];
};

/** Openings of one shape share their recipes: beyond so many shapes they are forgotten all together. */
const SHAPES_MAX = 4_096;
/** Among so many seated it is quicker to look than to write down who they are. */
const SEATED_FEW = 40;

/** Compiles battles; undefined for one that no newcomer can make legal. */
export function createOpenings({
  plan,
  pool,
}: {
  readonly plan: Plan;
  readonly pool: Pool;
}): (battle: Battle) => Opening | undefined {
  const shapes = new Map<string, readonly Recipes[]>();
  const instances = new Map(
    plan.ruleSet.tiers[0].teams.flatMap((team) => team.instances).map((name, index) => [name, index]),
  );
  const [first] = plan.levels;
  const along = plan.axis === undefined ? undefined : first?.kinships[plan.axis];
  const readRange = along && seatedRangeReader(along);
  const readLanes = lanesReader(plan);
  const recipesOf = (battle: Battle): readonly Recipes[] => {
    const { seated, goal, room } = battle;
    const key = shapeOf(battle, instances);
    const known = shapes.get(key);
    if (known) return known;
    const sizes = new Map(seated.map((team) => [team.name, team.players.length]));
    const made = plan.levels.map((level) =>
      createRecipes(sizingOf(plan.ruleSet, level, { sizes, goal }), pool.kinds, { players: room }),
    );
    if (shapes.size >= SHAPES_MAX) shapes.clear();
    shapes.set(key, made);
    return made;
  };
  return (battle) => {
    const roster: Roster = battle.seated.filter((team) => team.players.length > 0);
    // A roster with a team that the rule set does not know is not legal, whoever joins.
    if (roster.some((team) => !instances.has(team.name))) return undefined;
    const mayHold = plan.levels.map(({ tier }) => compiledOnce(tier.rules).mayStillHold(roster));
    if (!mayHold.includes(true)) return undefined;
    const paths = readLanes(roster, battle.region);
    if (paths?.length === 0) return undefined;
    const range = { low: Number.NaN, high: Number.NaN };
    if (!readRange?.(roster, range)) range.low = range.high = Number.NaN;
    return {
      battle,
      lanes: paths?.map(({ values, text }) => pool.lanes.keep(values, text)),
      isOpenTo: paths ? () => false : laneFilter(plan, roster, battle.region),
      ...range,
      seatedIds: undefined,
      recipes: recipesOf(battle).map((recipes, level) => (mayHold[level] ? recipes : undefined)),
    };
  };
}

/** Battles of one shape have the same recipes. */
function shapeOf({ seated, goal, room }: Battle, instances: ReadonlyMap<string, number>): string {
  if (goal.strategy === "CUSTOM") {
    const sizes = seated.map((team) => [team.name, team.players.length]);
    return JSON.stringify([sizes, goal.strategy, [...goal.teamSizes], room]);
  }
  let shape = `${room}`;
  for (const { name, players } of seated) shape += ` ${instances.get(name) ?? name}:${players.length}`;
  return shape;
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
export function mayCome(opening: Opening, { ticketId, players }: PooledTicket): boolean {
  const { turnedAway, seated } = opening.battle;
  if (turnedAway?.has(ticketId)) return false;
  if (seated.reduce((sum, team) => sum + team.players.length, 0) <= SEATED_FEW) {
    return !players.some(({ playerId }) => seated.some((team) => sitsThere(team, playerId)));
  }
  opening.seatedIds ??= new Set(seated.flatMap((team) => team.players.map((player) => player.playerId)));
  for (const { playerId } of players) if (opening.seatedIds.has(playerId)) return false;
  return true;
}

function sitsThere({ players }: SeatedTeam, playerId: string): boolean {
  for (const player of players) if (player.playerId === playerId) return true;
  return false;
}

/** The lanes in `all` that newcomers come from. */
export function* lanesFor({ lanes, isOpenTo }: Opening, all: Lanes): Iterable<Lane> {
  if (!lanes) {
    for (const lane of all.values()) if (lane.key !== ANYWHERE && isOpenTo(lane)) yield lane;
    return;
  }
  yield* lanes;
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

/** What leads to a lane: the values that make it, one after the other, and the string or region. */
type LanePath = { readonly values: readonly (number | string)[]; readonly text: string | undefined };

/** Reads the lanes of tickets that share what all of the seated share; undefined where they say nothing of it. */
function lanesReader(plan: Plan): (roster: Roster, region: string) => readonly LanePath[] | undefined {
  const [first] = plan.levels;
  const readers = plan.partitions.flatMap((index) => {
    const kinship = first?.kinships[index];
    return kinship ? [seatedValueReader(kinship)] : [];
  });
  return (roster, region) => {
    const values: (number | string)[] = [];
    for (const read of readers) {
      const value = read(roster);
      if (value === mixed) return [];
      if (value === undefined) return undefined;
      values.push(value);
    }
    if (plan.mask === undefined) return [{ values, text: undefined }];
    // The battle stays where it is: of latencies only those in its region count.
    if (readsRegion(plan)) return [{ values, text: region }];
    if (roster.length === 0) return undefined;
    return sharedBy(plan, plan.mask, roster).map((text) => ({ values, text }));
  };
}
