// What forming matches by counting has in common: who is eligible at an age, whom a stretch of a lane holds, and a match as it
// is found.
import type { Rows } from "./columns.ts";
import type { Lane, Queue } from "./lane.ts";
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
  if (pool.state[slot] !== LINKED || !pool.isInLane(node, level.index)) return false;
  const own = pool.level[slot] ?? 0;
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
  const { from, until, most, fits } = range;
  // Where the range is wider than what there is, the buckets that exist are fewer.
  const numbers =
    until - from > lane.buckets.size * 2
      ? [...lane.buckets.keys()].filter((number) => number >= from && number <= until).sort((one, other) => one - other)
      : undefined;
  const count = numbers ? numbers.length : until - from + 1;
  for (let index = 0; index < count; index += 1) {
    const number = numbers ? (numbers[index] ?? 0) : from + index;
    const bucket = lane.buckets.get(number);
    if (!bucket) continue;
    for (const queue of bucket.queues) {
      if (!queue || queue.size === 0 || (fits && !fits.kind(pool.kinds.get(queue.kind)))) continue;
      let left = most;
      for (let node = queue.head; node >= 0 && left > 0; node = pool.nodeNext[node] ?? -1) {
        const slot = pool.nodeSlot[node] ?? 0;
        if (!isEligible(search, node, slot) || (fits && !fits.slot(slot))) continue;
        into.push(slot);
        left -= 1;
      }
    }
    if (!fits && into.length >= most) return number;
  }
  return until;
}

/** Whether the buckets hold enough players for any match at all: looks at no ticket. */
export function mayHoldMatch({ lane, pool, recipes }: Search, from: number, until: number): boolean {
  let players = 0;
  const add = (queues: readonly (Queue | undefined)[]) => {
    for (const queue of queues) if (queue) players += queue.size * pool.kinds.get(queue.kind).size;
    return players >= recipes.least;
  };
  if (until - from > lane.buckets.size) {
    for (const [number, { queues }] of lane.buckets) if (number >= from && number <= until && add(queues)) return true;
    return false;
  }
  for (let number = from; number <= until; number += 1) {
    const bucket = lane.buckets.get(number);
    if (bucket && add(bucket.queues)) return true;
  }
  return false;
}

/** The match of `slots` by the recipe: of each kind the oldest takes the first seat. */
export function formedOf({ pool, level }: Search, recipe: Recipe, slots: readonly number[]): Formed {
  const { arrival, kind } = pool;
  const byAge = slots.slice();
  for (let index = 1; index < byAge.length; index += 1) {
    const slot = byAge[index] ?? 0;
    const age = arrival[slot] ?? 0;
    let at = index;
    for (; at > 0 && (arrival[byAge[at - 1] ?? 0] ?? 0) > age; at -= 1) byAge[at] = byAge[at - 1] ?? 0;
    byAge[at] = slot;
  }
  const { courses } = recipe;
  const seated = courses.map(() => 0);
  const members = byAge.map((slot) => {
    let at = 0;
    while (at < courses.length && courses[at]?.kind !== kind[slot]) at += 1;
    const index = seated[at] ?? 0;
    seated[at] = index + 1;
    return { slot, seats: courses[at]?.seats[index] ?? NOWHERE };
  });
  return { level: level.index, recipe, members };
}

const NOWHERE: readonly number[] = [];
