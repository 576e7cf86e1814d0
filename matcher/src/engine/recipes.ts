// Which parties make a legal match, by numbers alone: how many tickets of each kind, and which team each of them joins.
// Worked out once for each combination of what is there, and remembered.
import {
  isLegalSizes,
  listSizes,
  needsOf,
  type Room,
  roomLeft,
  type Sizes,
  type Sizing,
  totalOf,
} from "@muster/rules/plan";
import type { PartyKind, PartyKinds } from "./party.ts";

/** Tickets of `kind`, one for each of `seats`: the rooms that its groups join, by index. */
export type Course = { readonly kind: number; readonly seats: readonly (readonly number[])[] };

/** The largest legal addition: one course for each kind that takes part. */
export type Recipe = { readonly players: number; readonly sizes: Sizes; readonly courses: readonly Course[] };

/** How many tickets of each kind there are, by kind. */
export type Supply = { readonly [kind: number]: number };

export interface Recipes {
  /** Names of the team instances, by index. */
  readonly rooms: readonly string[];
  /** The room that is left, in players. */
  readonly room: number;
  /** The fewest players that a legal addition has: fewer are not worth a look. */
  readonly least: number;
  /** Whether every legal addition has the same number of players. */
  readonly isFixed: boolean;
  /** Tickets of the kind beyond so many make no difference. */
  capOf(kind: PartyKind): number;
  /**
   * The largest legal addition from `supply` with at least one ticket of `must`; the largest parties first, as they are the
   * hardest to place. Undefined if there is none, or none was found within the steps of one question.
   */
  find(supply: Supply, must: number): Recipe | undefined;
  /** Whether a match of these team sizes is legal. */
  allows(sizes: Sizes): boolean;
  /** Steps spent so far: what is remembered costs none. */
  readonly steps: number;
}

/** Steps of one question: some 2 ms. Only rule sets of many teams with wide ranges and odd parties come near. */
const STEPS_MAX = 20_000;
/**
 * Rooms beyond which each is filled for good before the next: going back over thousands of them would be as deep as there are
 * rooms, and hopeless.
 */
const ROOMS_REVISITED_MAX = 512;
/** Answers remembered: beyond it they are forgotten all together. */
const ANSWERS_MAX = 65_536;

/** `players`: how many may be added at all, whatever the teams would take. `steps`: of one question. */
export type RecipeLimits = { readonly players?: number; readonly steps?: number };

export function createRecipes(sizing: Sizing, kinds: PartyKinds, limits: RecipeLimits = {}): Recipes {
  const { players: playersMax = Number.POSITIVE_INFINITY, steps: stepsMax = STEPS_MAX } = limits;
  const room = Math.min(playersMax, roomLeft(sizing));
  const { rooms } = sizing;
  const isFixed =
    sizing.teams.every((team) => team.minPlayers === team.maxPlayers && team.minQuantity === team.maxQuantity) &&
    rooms.every(({ seated, max, template }) => seated === 0 && max === template.maxPlayers);
  const least = Math.max(1, totalOf(needsOf(sizing)));
  let answers = new Map<string | number, Recipe | null>();
  let sizesByTotal = new Map<number, readonly Sizes[]>();
  let named = -1;
  /** Kinds that there were when the answers were given. */
  let known = -1;
  let caps: readonly number[] = [];
  let isShort = false;
  let steps = 0;

  const widest = rooms.reduce((most, { max, seated }) => Math.max(most, max - seated), 0);
  const capOf = ({ size, groups }: PartyKind) => {
    return groups.some((group) => group.size > widest) ? 0 : Math.floor(room / size);
  };
  const sizesOf = (players: number): readonly Sizes[] => {
    const before = sizesByTotal.get(players);
    if (before) return before;
    const { list, steps: walked } = listSizes(sizing, players, kinds.named);
    steps += walked;
    sizesByTotal.set(players, list);
    return list;
  };
  const solve = (supply: readonly number[], must: number): Recipe | undefined => {
    const present: PartyKind[] = [];
    let available = 0;
    for (const [kind, count] of supply.entries()) {
      if (count === 0) continue;
      const party = kinds.get(kind);
      present.push(party);
      available += count * party.size;
    }
    present.sort((one, other) => other.size - one.size || one.kind - other.kind);
    const budget = { left: stepsMax };
    const atStart = steps;
    for (let players = Math.min(room, available); players >= least; players -= 1) {
      if (!canSum(present, supply, players)) continue;
      const before = steps;
      const list = sizesOf(players);
      budget.left -= steps - before;
      for (const sizes of list) {
        const packed = pack({ rooms, sizes, present, supply, must: kinds.get(must) }, budget);
        if (packed) return { players, sizes, courses: packed };
        if (budget.left <= 0) break;
      }
      if (budget.left <= 0) break;
    }
    steps = Math.max(steps, atStart + stepsMax - budget.left);
    return undefined;
  };

  return {
    rooms: rooms.map(({ name }) => name),
    room,
    least,
    isFixed,
    capOf,
    allows: (sizes) => isLegalSizes(sizing, sizes),
    get steps() {
      return steps;
    },
    find(supply, must) {
      if (known !== kinds.size || answers.size > ANSWERS_MAX) {
        if (named !== kinds.named.size) sizesByTotal = new Map();
        named = kinds.named.size;
        known = kinds.size;
        answers = new Map();
        caps = Array.from({ length: known }, (_, kind) => capOf(kinds.get(kind)));
        // Whether what there is of each kind fits into one whole number.
        isShort = caps.reduce((product, cap) => product * (cap + 1), known + 1) < Number.MAX_SAFE_INTEGER;
      }
      const key = isShort ? numberOf(supply, must) : textOf(supply, must);
      const answer = answers.get(key);
      if (answer !== undefined) return answer ?? undefined;
      const capped = caps.map((cap, kind) => Math.min(supply[kind] ?? 0, cap));
      const found = (capped[must] ?? 0) > 0 ? solve(capped, must) : undefined;
      answers.set(key, found ?? null);
      return found;
    },
  };

  function numberOf(supply: Supply, must: number): number {
    let key = must;
    for (let kind = 0; kind < known; kind += 1) {
      const cap = caps[kind] ?? 0;
      key = key * (cap + 1) + Math.min(supply[kind] ?? 0, cap);
    }
    return key;
  }

  function textOf(supply: Supply, must: number): string {
    return `${must},${caps.map((cap, kind) => Math.min(supply[kind] ?? 0, cap)).join()}`;
  }
}

/** Whether some of the parties have `players` players together. */
function canSum(present: readonly PartyKind[], supply: readonly number[], players: number): boolean {
  let reached = new Uint8Array(players + 1);
  reached[0] = 1;
  for (const { kind, size } of present) {
    const next = reached.slice();
    const count = supply[kind] ?? 0;
    // used[s]: the fewest tickets of this kind in a sum of s.
    const used = new Int32Array(players + 1).fill(-1);
    for (let sum = 0; sum <= players; sum += 1) {
      if (reached[sum]) used[sum] = 0;
      else if (sum >= size && (used[sum - size] ?? -1) >= 0 && (used[sum - size] ?? 0) < count) {
        used[sum] = (used[sum - size] ?? 0) + 1;
        next[sum] = 1;
      }
    }
    reached = next;
  }
  return reached[players] === 1;
}

type Packing = {
  readonly rooms: readonly Room[];
  readonly sizes: Sizes;
  /** Largest first. */
  readonly present: readonly PartyKind[];
  readonly supply: readonly number[];
  readonly must: PartyKind;
};

/** Parties that fill every room to its size exactly, one of `must` among them. */
function pack(
  { rooms, sizes, present, supply, must }: Packing,
  budget: { left: number },
): readonly Course[] | undefined {
  const wanted = rooms.map((room, index) => (sizes[index] ?? 0) - room.seated);
  const left = [...supply];
  const seats = new Map<number, (readonly number[])[]>();
  const isCrowd = rooms.length > ROOMS_REVISITED_MAX;

  const take = (kind: PartyKind, at: readonly number[]) => {
    left[kind.kind] = (left[kind.kind] ?? 0) - 1;
    for (const [index, room] of at.entries()) wanted[room] = (wanted[room] ?? 0) - (kind.groups[index]?.size ?? 0);
    const taken = seats.get(kind.kind);
    if (taken) taken.push(at);
    else seats.set(kind.kind, [at]);
  };
  const giveBack = (kind: PartyKind, at: readonly number[]) => {
    left[kind.kind] = (left[kind.kind] ?? 0) + 1;
    for (const [index, room] of at.entries()) wanted[room] = (wanted[room] ?? 0) + (kind.groups[index]?.size ?? 0);
    seats.get(kind.kind)?.pop();
  };
  /** The ways to sit down a ticket of the kind, its first group in `first` if given; alike empty rooms once only. */
  const waysOf = (kind: PartyKind, first?: number): readonly (readonly number[])[] => {
    const ways: (readonly number[])[] = [];
    const place = (index: number, at: readonly number[]) => {
      const group = kind.groups[index];
      if (!group) {
        ways.push(at);
        return;
      }
      const tried = new Set<string>();
      for (const [room, spec] of rooms.entries()) {
        if (index === 0 && first !== undefined && room !== first) continue;
        const already = at.reduce((sum, other, of) => sum + (other === room ? (kind.groups[of]?.size ?? 0) : 0), 0);
        const gap = (wanted[room] ?? 0) - already;
        if (gap < group.size || !asksFor(group.team, spec)) continue;
        const look = group.team === spec.name ? spec.name : `${spec.template.name} ${gap}`;
        if (tried.has(look)) continue;
        tried.add(look);
        place(index + 1, [...at, room]);
      }
    };
    place(0, []);
    return ways;
  };
  /** Fills the rooms from `room` on, with kinds from `from` on: the largest that fits first, so that odd gaps come last. */
  const fill = (room: number, from: number): boolean => {
    budget.left -= 1;
    if (budget.left <= 0) return false;
    const spec = rooms[room];
    if (!spec) return true;
    const gap = wanted[room] ?? 0;
    if (gap === 0) return isCrowd || fill(room + 1, 0);
    for (let index = from; index < present.length; index += 1) {
      const kind = present[index];
      if (!kind || (left[kind.kind] ?? 0) === 0) continue;
      const [group, another] = kind.groups;
      if (!group) continue;
      if (!another) {
        if (group.size > gap || !asksFor(group.team, spec)) continue;
        // As many at once as fit: one after the other would be as deep as a lobby is large.
        const most = Math.min(left[kind.kind] ?? 0, Math.floor(gap / group.size));
        for (let count = most; count > 0; count -= 1) {
          for (let taken = 0; taken < count; taken += 1) take(kind, [room]);
          const isFull = (wanted[room] ?? 0) === 0 ? isCrowd || fill(room + 1, 0) : fill(room, index + 1);
          if (isFull) return true;
          for (let taken = 0; taken < count; taken += 1) giveBack(kind, [room]);
          if (budget.left <= 0) return false;
        }
        continue;
      }
      for (const at of waysOf(kind).filter((rooms) => rooms.includes(room))) {
        take(kind, at);
        if (fill(room, index)) return true;
        giveBack(kind, at);
        if (budget.left <= 0) return false;
      }
    }
    return false;
  };

  for (const at of waysOf(must)) {
    take(must, at);
    const isFilled = isCrowd ? rooms.every((_, room) => fill(room, 0)) : fill(0, 0);
    if (isFilled)
      return [...seats].filter(([, list]) => list.length > 0).map(([kind, list]) => ({ kind, seats: list }));
    if (isCrowd) return undefined; // What it has filled stays filled.
    giveBack(must, at);
    if (budget.left <= 0) return undefined;
  }
  return undefined;
}

function asksFor(team: string | undefined, room: Room): boolean {
  return team === undefined || team === room.name || team === room.template.name;
}
