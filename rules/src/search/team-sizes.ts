// Which team sizes are legal, before anybody asks who sits there: bounds, quantities and the rules that count players.
// A search goes through them from the largest match down and never looks at people for sizes that cannot be.
import { parsePlayerId } from "@muster/proto";
import { compiledOnce, oncePer } from "../compile/compiled-once.ts";
import { isCountsOnly } from "../language/expression.ts";
import type { RosterTeam } from "../roster.ts";
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
  /** How many players may be added at once, whatever the rooms would take. Undefined: as many as they take. */
  readonly addedMax?: number | undefined;
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
/** Looks to find them: teams of fixed sizes may leave next to none that comes to the number of players. */
const OPENING_LOOKS_MAX = 16_384;
/** Rooms and players beyond which only even sizes are looked at, and fewer openings: each costs as much as there are. */
const CROWD = 256;
/** Rooms and players that a step looks at: it takes no longer than another. */
const CROWD_PER_STEP = 16;

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
  return { teams: tier.teams, rooms, countRules: countRulesOf(tier.rules) };
}

/** Those that only count players: one list for each list of rules, so that it is compiled once. */
const countRulesOf = oncePer((rules: readonly Rule[]) => rules.filter(readsCountsOnly));

/** Whether the rule is kept or broken by how many players sit where, whoever they are. */
function readsCountsOnly(rule: Rule): boolean {
  const type = typeOf(rule);
  return type.isCountsOnly ? type.isCountsOnly(rule) : type.expressions(rule).every(isCountsOnly);
}

/** Players that could be added if somebody suited every room. */
export function roomLeft({ rooms, addedMax = Number.POSITIVE_INFINITY }: Sizing): number {
  return Math.min(
    addedMax,
    rooms.reduce((sum, room) => sum + room.max - room.seated, 0),
  );
}

/** Whether a roster of these sizes can be legal: open teams within their bounds, rules that only count players kept. */
export function isLegalSizes({ teams, rooms, countRules }: Sizing, sizes: Sizes): boolean {
  const roster: RosterTeam[] = [];
  let first = 0;
  for (const team of teams) {
    const end = first + team.instances.length;
    let lacking = team.minQuantity; // As `openInstances` counts.
    for (let index = first; index < end; index += 1) if ((sizes[index] ?? 0) > 0) lacking -= 1;
    for (let index = first; index < end; index += 1) {
      const room = rooms[index];
      const size = sizes[index] ?? 0;
      if (size === 0) lacking -= 1;
      if (!room || (size === 0 && lacking < 0)) continue;
      if (size < team.minPlayers || size > room.max) return false;
      if (countRules.length > 0) roster.push({ name: room.name, players: Array<typeof anybody>(size).fill(anybody) });
    }
    first = end;
  }
  return compiledOnce(countRules).holds(roster);
}

/** Every room that may hold anybody at its most: what bounds alone allow at the utmost. */
export function fullSizes({ rooms }: Sizing): Sizes {
  return rooms.map((room) => (room.seated > 0 || mayOpen(room) ? room.max : 0));
}

function mayOpen({ max, template }: Room): boolean {
  return max >= Math.max(1, template.minPlayers);
}

/**
 * All legal sizes that add exactly `added` players, fewest and most even teams first. `distinct` are instances that
 * somebody names; the other empty instances of one team stand for one another, so that only one order of them is listed.
 */
export function listSizes(sizing: Sizing, added: number, distinct: ReadonlySet<string>): SizesList {
  const { rooms } = sizing;
  const found = new Map<string, Sizes>();
  const rank = (one: Sizes) => ({ open: one.filter((size) => size > 0).length, gap: unevenness(rooms, one) });
  const list = () => {
    const ranked = [...found.values()].map((one) => ({ sizes: one, ...rank(one) }));
    ranked.sort((one, other) => one.open - other.open || one.gap - other.gap); // Stable: ties keep the order of the walk.
    return ranked.map((one) => one.sizes);
  };
  const crowd = rooms.length + added;
  const openings = listOpenings(sizing, added, crowd > CROWD ? Math.ceil((OPENINGS_MAX * 8) / crowd) : OPENINGS_MAX);
  for (const opening of openings) {
    const even = evenSizes(sizing, opening, added);
    if (even && isLegalSizes(sizing, even)) found.set(even.join(), even);
  }
  if (crowd > CROWD) return { list: list(), steps: (openings.length + 1) * Math.ceil(crowd / CROWD_PER_STEP) };
  const roomAfter = [0];
  for (const room of rooms.toReversed()) roomAfter.unshift(room.max - room.seated + (roomAfter[0] ?? 0));
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
    const least = floorOf(room);
    const choices = Array.from({ length: Math.max(0, max - least + 1) }, (_, offset) => least + offset);
    if (room.seated === 0) choices.push(0);
    return choices.toSorted((one, other) => Math.abs(one - share) - Math.abs(other - share) || other - one);
  };

  descend(0, added);
  return { list: list(), steps: Math.ceil(steps / 8) + tried + openings.length };
}

/**
 * Choices of rooms to have players in that bounds allow to take `added` more: those that do, and for each team none, one,
 * two … of its empty instances, fewest first; `most` choices in all.
 */
function listOpenings({ teams, rooms }: Sizing, added: number, most: number): readonly ReadonlySet<Room>[] {
  const inPlay = rooms.filter((room) => room.seated > 0);
  const seated = inPlay.map((room) => ({ floor: floorOf(room) - room.seated, room: room.max - room.seated }));
  const empty = teams.map((team) => rooms.filter((room) => room.template === team && !room.seated && mayOpen(room)));
  const roomAfter = [0];
  for (const some of empty.toReversed()) {
    roomAfter.unshift(some.reduce((sum, room) => sum + room.max, roomAfter[0] ?? 0));
  }
  /** An instance that has to be there and may not be empty has somebody in it. */
  const lackingOf = (index: number) => {
    const team = teams[index];
    if (!team || team.minPlayers === 0) return 0;
    return team.minQuantity - inPlay.filter((room) => room.template === team).length;
  };
  const openings: ReadonlySet<Room>[] = [];
  const opened: Room[] = [];
  let looks = 0;
  const descend = (index: number, range: { readonly least: number; readonly most: number }): void => {
    looks += 1;
    if (looks > OPENING_LOOKS_MAX || openings.length >= most) return;
    if (range.least > added || range.most + (roomAfter[index] ?? 0) < added) return;
    const some = empty[index];
    if (!some) {
      openings.push(new Set([...inPlay, ...opened]));
      return;
    }
    const before = opened.length;
    const lacking = lackingOf(index);
    if (lacking <= 0) descend(index + 1, range);
    let { least, most: top } = range;
    for (const [count, room] of some.entries()) {
      least += floorOf(room);
      top += room.max;
      opened.push(room);
      if (count + 1 >= lacking) descend(index + 1, { least, most: top });
      if (looks > OPENING_LOOKS_MAX || openings.length >= most || least > added) break;
    }
    opened.length = before;
  };
  descend(0, {
    least: seated.reduce((sum, one) => sum + one.floor, 0),
    most: seated.reduce((sum, one) => sum + one.room, 0),
  });
  return openings;
}

function floorOf({ template, seated }: Room): number {
  return Math.max(template.minPlayers, seated, 1);
}

/** The sizes that add `added` players to the rooms of `opening` as evenly as minima and maxima allow, if they fit. */
function evenSizes({ rooms }: Sizing, opening: ReadonlySet<Room>, added: number): Sizes | undefined {
  const floors = rooms.map((room) => (opening.has(room) ? floorOf(room) : 0));
  const total = rooms.reduce((sum, room) => sum + room.seated, added);
  const fillTo = (level: number) =>
    rooms.map((room, index) => {
      const floor = floors[index] ?? 0;
      return opening.has(room) ? Math.max(floor, Math.min(room.max, level)) : 0;
    });
  const sum = (sizes: Sizes) => sizes.reduce((players, size) => players + size, 0);
  let low = 0;
  let high = rooms.reduce((most, room) => Math.max(most, room.max), 0);
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

const anybody = { playerId: parsePlayerId("playerId", "anybody"), attributes: {} };
