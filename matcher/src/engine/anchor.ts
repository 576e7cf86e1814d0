// Matches of any size: the oldest ticket that can be matched at all, in the largest match that it can have, with the oldest
// others. Without an axis the fronts of the queues are all there is to look at.
import { sortAlongAxis } from "./axis-order.ts";
import type { Rows } from "./columns.ts";
import { type Formed, formedOf, isEligible, type Search } from "./forming.ts";
import type { Recipe } from "./recipes.ts";

/** The next match of a lane without an axis; undefined if there is none. */
export function formFromFronts(search: Search): Formed | undefined {
  const { pool, lane, recipes, level, isByOldest } = search;
  const { places } = pool;
  const bucket = places.find(lane, 0);
  if (bucket < 0) return undefined;
  const fronts: { kind: number; slots: number[] }[] = [];
  const counts = new Int32Array(pool.kinds.size);
  for (let queue = places.firstQueue(bucket); queue >= 0; queue = places.nextQueue(queue)) {
    const kind = places.kindOf(queue);
    const cap = recipes.capOf(pool.kinds.get(kind));
    const slots: number[] = [];
    for (let node = places.headOf(queue); node >= 0 && slots.length < cap; node = pool.nextOf(node)) {
      const slot = pool.slotOf(node);
      if (isEligible(search, node, slot)) slots.push(slot);
    }
    if (slots.length === 0) continue;
    counts[kind] = slots.length;
    fronts.push({ kind, slots });
  }
  const isAnchor = (slot: number) => !isByOldest || pool.levelOf(slot) === level.index;
  const anchors = fronts
    .flatMap(({ kind, slots: [slot] }) => (slot !== undefined && isAnchor(slot) ? [{ kind, slot }] : []))
    .sort((one, other) => pool.arrivalOf(one.slot) - pool.arrivalOf(other.slot));
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
    if (gone.has(anchor) || (isByOldest && pool.levelOf(anchor) !== level.index)) continue;
    const [low, high] = [pool.lowOf(anchor), pool.highOf(anchor)];
    if (!hasWithin(changed, pool.bucketOf(high - spread), pool.bucketOf(low + spread))) continue;
    const formed = formWith(anchor, places.get(anchor) ?? 0);
    if (!formed) continue;
    for (const { slot } of formed.members) gone.add(slot);
    found.push(formed);
  }
  return found;

  function ageOf(slot: number): number {
    return pool.arrivalOf(slot);
  }
  /** The largest of the windows that hold the anchor; of equal ones the lowest. */
  function formWith(anchor: number, place: number): Formed | undefined {
    const high = pool.highOf(anchor);
    const kind = pool.kindOf(anchor);
    let best: { recipe: Recipe; window: readonly number[] } | undefined;
    let first = place;
    while (first > 0 && high - pool.lowOf(all[first - 1] ?? 0) <= spread) first -= 1;
    for (let from = first; from <= place; from += 1) {
      const start = all[from] ?? 0;
      if (gone.has(start)) continue;
      const limit = pool.lowOf(start) + spread;
      if (high > limit) continue;
      const counts = new Int32Array(pool.kinds.size);
      const window: number[] = [];
      for (let index = from; index < all.length; index += 1) {
        const slot = all[index] ?? 0;
        if (pool.lowOf(slot) > limit) break;
        if (gone.has(slot) || pool.highOf(slot) > limit || isTooOld(slot, anchor)) continue;
        window.push(slot);
        counts[pool.kindOf(slot)] = (counts[pool.kindOf(slot)] ?? 0) + 1;
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
      const own = byAge.filter((slot) => pool.kindOf(slot) === kind);
      const picked = own.slice(0, seats.length);
      return kind !== pool.kindOf(anchor) || picked.includes(anchor) ? picked : [anchor, ...picked.slice(0, -1)];
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
