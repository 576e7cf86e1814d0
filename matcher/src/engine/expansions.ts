// When tickets reach the ages at which something expands: a heap of the next such time of each, in plain memory. Costs nothing
// where nothing expands.
import { grown } from "./columns.ts";

export interface Expansions {
  /** Follows a slot that has reached the first level. */
  add(slot: number, sinceMs: number): void;
  remove(slot: number): void;
  /** Tells of every slot that reaches a further level until `nowMs`, with the highest that it reaches. */
  advance(nowMs: number, tell: (slot: number, level: number) => void): void;
  /** The next time after `nowMs`, or the present if some are due. */
  nextAtMs(nowMs: number): number | undefined;
}

/** `fromAgesMs`: the ages of the levels, rising, the first 0. */
export function createExpansions(fromAgesMs: readonly number[]): Expansions {
  let slots = new Int32Array(0);
  let atMs = new Float64Array(0);
  let size = 0;
  /** Of each slot: its place in the heap and one more, when its age began, and the level it has reached. */
  let placeOf = new Int32Array(0);
  let since = new Float64Array(0);
  let reached = new Uint8Array(0);

  const put = (index: number, slot: number, time: number) => {
    slots[index] = slot;
    atMs[index] = time;
    placeOf[slot] = index + 1;
  };
  const rise = (from: number, slot: number, time: number) => {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if ((atMs[parent] ?? 0) <= time) break;
      put(index, slots[parent] ?? 0, atMs[parent] ?? 0);
      index = parent;
    }
    put(index, slot, time);
  };
  const sink = (from: number, slot: number, time: number) => {
    let index = from;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= size) break;
      if (child + 1 < size && (atMs[child + 1] ?? 0) < (atMs[child] ?? 0)) child += 1;
      if ((atMs[child] ?? 0) >= time) break;
      put(index, slots[child] ?? 0, atMs[child] ?? 0);
      index = child;
    }
    put(index, slot, time);
  };
  const removeAt = (index: number) => {
    placeOf[slots[index] ?? 0] = 0;
    size -= 1;
    if (index === size) return;
    const [slot, time] = [slots[size] ?? 0, atMs[size] ?? 0];
    if (index > 0 && (atMs[(index - 1) >> 1] ?? 0) > time) rise(index, slot, time);
    else sink(index, slot, time);
  };
  const follow = (slot: number, level: number) => {
    const next = fromAgesMs[level + 1];
    reached[slot] = level;
    if (next === undefined) return;
    slots = grown(slots, size + 1);
    atMs = grown(atMs, size + 1);
    size += 1;
    rise(size - 1, slot, (since[slot] ?? 0) + next);
  };

  return {
    add(slot, sinceMs) {
      if (fromAgesMs.length < 2) return;
      placeOf = grown(placeOf, slot + 1);
      since = grown(since, slot + 1);
      reached = grown(reached, slot + 1);
      since[slot] = sinceMs;
      follow(slot, 0);
    },
    remove(slot) {
      const place = placeOf[slot] ?? 0;
      if (place > 0) removeAt(place - 1);
    },
    advance(nowMs, tell) {
      while (size > 0 && (atMs[0] ?? 0) <= nowMs) {
        const slot = slots[0] ?? 0;
        removeAt(0);
        let level = (reached[slot] ?? 0) + 1;
        while (level + 1 < fromAgesMs.length && (since[slot] ?? 0) + (fromAgesMs[level + 1] ?? 0) <= nowMs) level += 1;
        follow(slot, level);
        tell(slot, level);
      }
    },
    nextAtMs: (nowMs) => (size === 0 ? undefined : Math.max(nowMs, atMs[0] ?? 0)),
  };
}
