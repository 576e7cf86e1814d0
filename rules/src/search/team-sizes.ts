// Which team sizes are legal, before anybody asks who sits there: bounds, quantities and the rules that count players.
// A search goes through them from the largest match down and never looks at people for sizes that cannot be.
import { parsePlayerId } from "@muster/proto";
import { isCountsOnly } from "../language/expression.ts";
import { openInstances, type Roster, type RosterTeam } from "../roster.ts";
import type { TeamSpec, Tier } from "../rule-set.ts";
import { type Rule, typeOf } from "../rule-types/table.ts";

/** What one instance may hold, given who sits there already. */
export type Room = {
  readonly name: string;
  readonly template: TeamSpec;
  readonly seated: number;
  readonly max: number;
};

/** Sizes of all instances, in the order of the rooms. 0 for an instance that is not open, or open and empty. */
export type Sizes = readonly number[];

/** All that decides about sizes. Rooms are in the order of the teams' instances. */
export type Sizing = {
  readonly teams: readonly TeamSpec[];
  readonly rooms: readonly Room[];
  readonly countRules: readonly Rule[];
};

export type SizesList = { readonly list: readonly Sizes[]; readonly steps: number };

/**
 * Size vectors looked at for one total, beside the evenest one for every number of open teams. Only rule sets with many
 * teams of wide ranges have more, and for those the evenest ones are nearly always what rules ask for and people fill.
 */
const SIZES_TRIED_MAX = 256;
/** Steps to walk to them: a range may be wide and yet hold no legal vector. */
const WALK_STEPS_MAX = 4_096;
/** Choices of how many instances to open that are looked at: the product over repeated teams may be large. */
const OPENINGS_MAX = 256;

/**
 * The sizing of `tier`: `teams` whose bounds hold, `seated` who sits there, `maxOf` the most an instance may hold.
 * Nobody is evicted: an instance above its maximum keeps its players and gets no more.
 */
export function sizingOf(
  tier: Pick<Tier, "teams" | "rules">,
  seated: ReadonlyMap<string, number>,
  maxOf: (instance: string, team: TeamSpec) => number = (_, team) => team.maxPlayers,
): Sizing {
  const rooms = tier.teams.flatMap((template) =>
    template.instances.map((name) => {
      const present = seated.get(name) ?? 0;
      return { name, template, seated: present, max: Math.max(present, maxOf(name, template)) };
    }),
  );
  const countRules = tier.rules.filter(readsCountsOnly);
  return { teams: tier.teams, rooms, countRules };
}

/** Whether the rule is kept or broken by how many players sit where, whoever they are. */
function readsCountsOnly(rule: Rule): boolean {
  const type = typeOf(rule);
  return type.isCountsOnly ? type.isCountsOnly(rule) : type.expressions(rule).every(isCountsOnly);
}

/** Players that could be added if somebody suited every room. */
export function roomLeft(sizing: Sizing): number {
  return sizing.rooms.reduce((sum, room) => sum + room.max - room.seated, 0);
}

/** Whether a roster of these sizes can be legal: open teams within their bounds, rules that only count players kept. */
export function isLegalSizes(sizing: Sizing, sizes: Sizes): boolean {
  const sizeByName = new Map(sizing.rooms.map((room, index) => [room.name, sizes[index] ?? 0]));
  const sizeOf = (name: string) => sizeByName.get(name) ?? 0;
  const maxByName = new Map(sizing.rooms.map((room) => [room.name, room.max]));
  const roster: RosterTeam[] = [];
  for (const team of sizing.teams) {
    for (const name of openInstances(team, sizeOf)) {
      const size = sizeOf(name);
      if (size < team.minPlayers || size > (maxByName.get(name) ?? 0)) return false;
      roster.push({ name, players: Array.from({ length: size }, () => anybody) });
    }
  }
  return keepsCounts(sizing.countRules, roster);
}

/**
 * All legal sizes that add exactly `added` players, fewest and most even teams first. `distinct` are instances that
 * somebody names; the other empty instances of one team stand for one another, so that only one order of them is listed.
 */
export function listSizes(sizing: Sizing, added: number, distinct: ReadonlySet<string>): SizesList {
  const { rooms } = sizing;
  const roomAfter = [0];
  for (const room of rooms.toReversed()) roomAfter.unshift(room.max - room.seated + (roomAfter[0] ?? 0));
  const found = new Map<string, Sizes>();
  const sizes = rooms.map((room) => room.seated);
  let steps = 0;
  let tried = 0;

  const descend = (index: number, left: number): void => {
    const room = rooms[index];
    if (!room) {
      tried += 1;
      if (isLegalSizes(sizing, sizes)) found.set(sizes.join(), [...sizes]);
      return;
    }
    for (const size of choicesAt(index, left)) {
      steps += 1;
      if (steps > WALK_STEPS_MAX || tried >= SIZES_TRIED_MAX) return;
      const rest = left - (size - room.seated);
      if (rest < 0 || rest > (roomAfter[index + 1] ?? 0)) continue;
      sizes[index] = size;
      descend(index + 1, rest);
    }
    sizes[index] = room.seated;
  };

  /** The sizes this instance may get, nearest to its even share first. */
  const choicesAt = (index: number, left: number): readonly number[] => {
    const room = rooms[index];
    if (!room) return [];
    const before = rooms[index - 1];
    const isTwin =
      before?.template === room.template && [before, room].every((one) => one.seated === 0 && !distinct.has(one.name));
    const max = Math.min(room.max, room.seated + left, isTwin ? (sizes[index - 1] ?? 0) : room.max);
    const share = room.seated + (left * (room.max - room.seated)) / Math.max(1, roomAfter[index] ?? 1);
    const least = Math.max(room.template.minPlayers, room.seated, 1);
    const choices = Array.from({ length: Math.max(0, max - least + 1) }, (_, offset) => least + offset);
    if (room.seated === 0) choices.push(0);
    return choices.toSorted((one, other) => Math.abs(one - share) - Math.abs(other - share) || other - one);
  };

  const openings = listOpenings(sizing);
  for (const opening of openings) {
    const even = evenSizes(sizing, opening, added);
    if (even && isLegalSizes(sizing, even)) found.set(even.join(), even);
  }
  descend(0, added);
  const rank = (one: Sizes) => ({ open: one.filter((size) => size > 0).length, gap: unevenness(rooms, one) });
  const ranked = [...found.values()].map((one) => ({ sizes: one, ...rank(one) }));
  ranked.sort((one, other) => one.open - other.open || one.gap - other.gap); // Stable: ties keep the order of the walk.
  return { list: ranked.map((one) => one.sizes), steps: Math.ceil(steps / 8) + tried + openings.length };
}

/** Every choice of rooms to have players in: those that do, and for each team none, one, two … of its empty instances. */
function listOpenings({ teams, rooms }: Sizing): readonly ReadonlySet<Room>[] {
  let openings: readonly ReadonlySet<Room>[] = [new Set(rooms.filter((room) => room.seated > 0))];
  for (const team of teams) {
    const empty = rooms.filter((room) => room.template === team && room.seated === 0);
    const counts = Array.from({ length: empty.length + 1 }, (_, count) => empty.slice(0, count));
    openings = openings.flatMap((opening) => counts.map((opened) => new Set([...opening, ...opened])));
    openings = openings.slice(0, OPENINGS_MAX);
  }
  return openings;
}

/** The sizes that add `added` players to the rooms of `opening` as evenly as minima and maxima allow, if they fit. */
function evenSizes({ rooms }: Sizing, opening: ReadonlySet<Room>, added: number): Sizes | undefined {
  const floors = rooms.map((room) => (opening.has(room) ? Math.max(room.template.minPlayers, room.seated, 1) : 0));
  const total = rooms.reduce((sum, room) => sum + room.seated, added);
  const fillTo = (level: number) =>
    rooms.map((room, index) => {
      const floor = floors[index] ?? 0;
      return opening.has(room) ? Math.max(floor, Math.min(room.max, level)) : 0;
    });
  const sum = (sizes: Sizes) => sizes.reduce((players, size) => players + size, 0);
  let low = 0;
  let high = Math.max(0, ...rooms.map((room) => room.max));
  if (sum(fillTo(low)) > total || sum(fillTo(high)) < total) return undefined;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sum(fillTo(middle)) <= total) low = middle;
    else high = middle - 1;
  }
  const sizes = fillTo(low);
  const next = fillTo(low + 1);
  let left = total - sum(sizes);
  return sizes.map((size, index) => {
    if (left === 0 || next[index] === size) return size;
    left -= 1;
    return size + 1;
  });
}

/** Large when some open teams lack many players and others few. */
function unevenness(rooms: readonly Room[], sizes: Sizes): number {
  return rooms.reduce((sum, room, index) => {
    const size = sizes[index] ?? 0;
    return size === 0 ? sum : sum + (room.max - size) ** 2;
  }, 0);
}

function keepsCounts(rules: readonly Rule[], roster: Roster): boolean {
  return rules.every((rule) => typeOf(rule).findBreach(rule, roster) === undefined);
}

const anybody = { playerId: parsePlayerId("playerId", "anybody"), attributes: {} };
