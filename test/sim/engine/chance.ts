// Chance by name: each part of the world draws from a stream of its own, so that one more draw in one part does not change
// what all others do under the same seed.
import { createSeededRandom, type Random } from "@muster/kit";

export interface Chance extends Random {
  /** Whether something with this chance happens. */
  happens(ratio: number): boolean;
  /** Evenly from `min` to below `max`. */
  between(range: { readonly min: number; readonly max: number }): number;
  /** A whole number from 0 to below `count`. */
  below(count: number): number;
  /** One of them. @throws {RangeError} if there is none. */
  pick<Item>(items: readonly Item[]): Item;
  /** A wait with this mean, as events have that know nothing of one another. */
  wait(meanMs: number): number;
}

/** The stream of `name` under `seed`. */
export function createChance(seed: number, name: string): Chance {
  const random = createSeededRandom(seed ^ hashText(name));
  const below = (count: number) => Math.floor(random.fraction() * count);
  return {
    ...random,
    happens: (ratio) => random.fraction() < ratio,
    between: ({ min, max }) => min + random.fraction() * (max - min),
    below,
    pick(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError("Cannot pick one of nothing");
      return item;
    },
    wait: (meanMs) => -Math.log(1 - random.fraction()) * meanMs,
  };
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}
