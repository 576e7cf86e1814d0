// What forming matches by counting has in common: who is eligible at an age, whom a stretch of a lane holds, and a match as it
// is found.
import { grown, type Rows } from "./columns.ts";
import type { Lane } from "./lane.ts";
import type { PartyKind } from "./party.ts";
import type { Level } from "./plan.ts";
import { LINKED, type Pool } from "./pool.ts";
import type { Recipe, Recipes } from "./recipes.ts";

/** A match by slots: each with the rooms that its groups join. Oldest member first. */
export type Formed = {
  readonly level: number;
  readonly recipe: Recipe;
  readonly members: readonly { readonly slot: number; readonly seats: readonly number[] }[];
};

/** Everything that a search at one level in one lane needs. */
export type Search = {
  readonly pool: Pool;
  readonly lane: Lane;
  readonly level: Level;
  readonly recipes: Recipes;
  readonly isByOldest: boolean;
  /** The distance within which all members must lie. */
  readonly spread: number;
  /** Whether the match would be legal by what holds at its own age. */
  readonly isLegal: (formed: Formed) => boolean;
};

/** Whether a ticket of this age may be in a match of the level: nobody younger by the newest's age, nobody older by the oldest's. */
export function isEligible({ pool, level, isByOldest }: Search, node: number, slot: number): boolean {
  if (pool.stateOf(slot) !== LINKED || !pool.isInLane(node, level.index)) return false;
  const own = pool.levelOf(slot);
  return isByOldest ? own <= level.index : own >= level.index;
}

/**
 * Adds the eligible tickets of the buckets `from` to `until` to `into`, bucket by bucket from below, until there are `most`
 * of them; answers the last bucket that was read.
 */
export function gather(
  search: Search,
  range: {
    readonly from: number;
    readonly until: number;
    readonly most: number;
    /** Which kinds and slots are of use: up to `most` of each kind in each bucket, oldest first. Default: all. */
    readonly fits?: { readonly kind: (kind: PartyKind) => boolean; readonly slot: (slot: number) => boolean };
  },
  into: Rows,
): number {
  const { lane, pool } = search;
  const { places } = pool;
  const { from, until, most, fits } = range;
  // Where the range is wider than what there is, the buckets that exist are fewer.
  const numbers = until - from > lane.buckets * 2 ? numbersWithin(search, from, until) : undefined;
  const count = numbers ? numbers.length : until - from + 1;
  for (let index = 0; index < count; index += 1) {
    const number = numbers ? (numbers[index] ?? 0) : from + index;
    const bucket = places.find(lane, number);
    if (bucket < 0) continue;
    for (let queue = places.firstQueue(bucket); queue >= 0; queue = places.nextQueue(queue)) {
      if (fits && !fits.kind(pool.kinds.get(places.kindOf(queue)))) continue;
      let left = most;
      for (let node = places.headOf(queue); node >= 0 && left > 0; node = pool.nextOf(node)) {
        const slot = pool.slotOf(node);
        if (!isEligible(search, node, slot) || (fits && !fits.slot(slot))) continue;
        into.push(slot);
        left -= 1;
      }
    }
    if (!fits && into.length >= most) return number;
  }
  return until;
}

/** Of the lane's buckets, from below. */
function numbersWithin({ lane, pool }: Search, from: number, until: number): readonly number[] {
  const numbers: number[] = [];
  pool.places.visit(lane, from, until, (bucket) => numbers.push(pool.places.numberOf(bucket)) > 0);
  return numbers.sort((one, other) => one - other);
}

/** Players of the buckets that one window spans, while it is moved along a stretch. Used over and over. */
let inWindow = new Int32Array(0);

/** Whether the buckets of any one window hold enough players for a match at all: looks at no ticket. */
export function mayHoldMatch({ lane, pool, recipes, spread }: Search, from: number, until: number): boolean {
  const { places } = pool;
  let players = 0;
  if (until - from > lane.buckets) {
    return !places.visit(lane, from, until, (bucket) => {
      players += places.playersOf(bucket);
      return players < recipes.least;
    });
  }
  // Members lie within the spread: in no more buckets in a row than it spans.
  const span = pool.bucketWidth === 0 ? 1 : Math.min(until - from, Math.ceil(spread / pool.bucketWidth)) + 1;
  inWindow = grown(inWindow, span);
  inWindow.fill(0, 0, span);
  for (let number = from, at = 0; number <= until; number += 1, at = at + 1 === span ? 0 : at + 1) {
    const bucket = places.find(lane, number);
    const here = bucket < 0 ? 0 : places.playersOf(bucket);
    players += here - (inWindow[at] ?? 0);
    inWindow[at] = here;
    if (players >= recipes.least) return true;
  }
  return false;
}

/** The match of `slots` by the recipe: of each kind the oldest takes the first seat. */
export function formedOf({ pool, level }: Search, recipe: Recipe, slots: readonly number[]): Formed {
  const byAge = slots.slice();
  for (let index = 1; index < byAge.length; index += 1) {
    const slot = byAge[index] ?? 0;
    const age = pool.arrivalOf(slot);
    let at = index;
    for (; at > 0 && pool.arrivalOf(byAge[at - 1] ?? 0) > age; at -= 1) byAge[at] = byAge[at - 1] ?? 0;
    byAge[at] = slot;
  }
  const { courses } = recipe;
  const seated = courses.map(() => 0);
  const members = byAge.map((slot) => {
    let at = 0;
    while (at < courses.length && courses[at]?.kind !== pool.kindOf(slot)) at += 1;
    const index = seated[at] ?? 0;
    seated[at] = index + 1;
    return { slot, seats: courses[at]?.seats[index] ?? NOWHERE };
  });
  return { level: level.index, recipe, members };
}

const NOWHERE: readonly number[] = [];
