// Matches of any size: the oldest ticket that can be matched at all, in the largest match that it can have, with the oldest
// others. Without an axis the fronts of the queues are all there is to look at.
import { sortAlongAxis } from "./axis-order.ts";
import type { Rows } from "./columns.ts";
import { type Formed, formedOf, isEligible, type Search } from "./forming.ts";
import type { Recipe } from "./recipes.ts";

/** The next match of a lane without an axis; undefined if there is none. */
export function formFromFronts(search: Search): Formed | undefined {
  const { pool, lane, recipes, level, isByOldest } = search;
  const queues = lane.buckets.get(0)?.queues ?? [];
  const fronts: { kind: number; slots: number[] }[] = [];
  const counts = new Int32Array(pool.kinds.size);
  for (const queue of queues) {
    if (!queue) continue;
    const cap = recipes.capOf(pool.kinds.get(queue.kind));
    const slots: number[] = [];
    for (let node = queue.head; node >= 0 && slots.length < cap; node = pool.nodeNext[node] ?? -1) {
      const slot = pool.nodeSlot[node] ?? 0;
      if (isEligible(search, node, slot)) slots.push(slot);
    }
    if (slots.length === 0) continue;
    counts[queue.kind] = slots.length;
    fronts.push({ kind: queue.kind, slots });
  }
  const isAnchor = (slot: number) => !isByOldest || pool.level[slot] === level.index;
  const anchors = fronts
    .flatMap(({ kind, slots: [slot] }) => (slot !== undefined && isAnchor(slot) ? [{ kind, slot }] : []))
    .sort((one, other) => (pool.arrival[one.slot] ?? 0) - (pool.arrival[other.slot] ?? 0));
  for (const { kind } of anchors) {
    const recipe = recipes.find(counts, kind);
    if (!recipe) continue;
    const slots = recipe.courses.flatMap((course) => {
      const front = fronts.find((one) => one.kind === course.kind);
      return front?.slots.slice(0, course.seats.length) ?? [];
    });
    const formed = formedOf(search, recipe, slots);
    if (search.isLegal(formed)) return formed;
  }
  return undefined;
}

/**
 * The matches that `slots`, eligible tickets of the search's lane, make along the axis. Only tickets that lie near one of the
 * buckets `changed`, which rise, are tried: the others were before.
 */
export function formAroundAnchors(search: Search, slots: Rows, changed: readonly number[]): readonly Formed[] {
  const { pool, level, isByOldest, spread, recipes } = search;
  sortAlongAxis(pool, slots);
  const all = [...slots.view()];
  const gone = new Set<number>();
  const places = new Map(all.map((slot, index) => [slot, index]));
  const found: Formed[] = [];
  for (const anchor of all.toSorted((one, other) => ageOf(one) - ageOf(other))) {
    if (gone.has(anchor) || (isByOldest && pool.level[anchor] !== level.index)) continue;
    const [low, high] = [pool.low[anchor] ?? 0, pool.high[anchor] ?? 0];
    if (!hasWithin(changed, pool.bucketOf(high - spread), pool.bucketOf(low + spread))) continue;
    const formed = formWith(anchor, places.get(anchor) ?? 0);
    if (!formed) continue;
    for (const { slot } of formed.members) gone.add(slot);
    found.push(formed);
  }
  return found;

  function ageOf(slot: number): number {
    return pool.arrival[slot] ?? 0;
  }
  /** The largest of the windows that hold the anchor; of equal ones the lowest. */
  function formWith(anchor: number, place: number): Formed | undefined {
    const high = pool.high[anchor] ?? 0;
    const kind = pool.kind[anchor] ?? 0;
    let best: { recipe: Recipe; window: readonly number[] } | undefined;
    let first = place;
    while (first > 0 && high - (pool.low[all[first - 1] ?? 0] ?? 0) <= spread) first -= 1;
    for (let from = first; from <= place; from += 1) {
      const start = all[from] ?? 0;
      if (gone.has(start)) continue;
      const limit = (pool.low[start] ?? 0) + spread;
      if (high > limit) continue;
      const counts = new Int32Array(pool.kinds.size);
      const window: number[] = [];
      for (let index = from; index < all.length; index += 1) {
        const slot = all[index] ?? 0;
        if ((pool.low[slot] ?? 0) > limit) break;
        if (gone.has(slot) || (pool.high[slot] ?? 0) > limit || isTooOld(slot, anchor)) continue;
        window.push(slot);
        counts[pool.kind[slot] ?? 0] = (counts[pool.kind[slot] ?? 0] ?? 0) + 1;
      }
      const recipe = recipes.find(counts, kind);
      if (!recipe || (best && recipe.players <= best.recipe.players)) continue;
      const formed = formedOf(search, recipe, oldestOf(recipe, window, anchor));
      if (!search.isLegal(formed)) continue;
      best = { recipe, window };
      if (recipe.players === recipes.room) break;
    }
    return best && formedOf(search, best.recipe, oldestOf(best.recipe, best.window, anchor));
  }
  /** An older ticket was the anchor before, and is in no match. */
  function isTooOld(slot: number, anchor: number): boolean {
    return slot !== anchor && ageOf(slot) < ageOf(anchor);
  }
  function oldestOf(recipe: Recipe, window: readonly number[], anchor: number): readonly number[] {
    const byAge = window.toSorted((one, other) => ageOf(one) - ageOf(other));
    return recipe.courses.flatMap(({ kind, seats }) => {
      const own = byAge.filter((slot) => pool.kind[slot] === kind);
      const picked = own.slice(0, seats.length);
      return kind !== pool.kind[anchor] || picked.includes(anchor) ? picked : [anchor, ...picked.slice(0, -1)];
    });
  }
}

/** Whether one of the rising `values` lies from `least` to `most`. */
function hasWithin(values: readonly number[], least: number, most: number): boolean {
  let from = 0;
  let until = values.length;
  while (from < until) {
    const middle = (from + until) >> 1;
    if ((values[middle] ?? 0) < least) from = middle + 1;
    else until = middle;
  }
  return from < values.length && (values[from] ?? 0) <= most;
}
