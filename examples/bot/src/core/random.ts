// Chance that a seed repeats: the same seed sends the same players through the same stories.

export interface Random {
  /** A number in [0, 1). */
  fraction(): number;
}

/** The sequence of a seed (mulberry32). Of no use for secrets. */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  return {
    fraction: () => {
      state = (state + 0x6d2b79f5) | 0;
      let word = Math.imul(state ^ (state >>> 15), 1 | state);
      word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
      return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

/** A number from `from` up to, not including, `to`. */
export function drawBetween(random: Random, from: number, to: number): number {
  return from + random.fraction() * (to - from);
}
