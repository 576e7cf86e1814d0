// How much of the work of a pool is left to do in one go, so that no query, whatever it says, keeps everybody else waiting.

/** A hundred units are some 2 µs. May fall below nothing: who spends looks afterwards. */
export type Work = { left: number };

/** As much as it takes. */
export function unlimitedWork(): Work {
  return { left: Number.POSITIVE_INFINITY };
}
