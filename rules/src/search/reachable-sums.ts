// Which numbers of players the tickets from one on can make up: a search that knows it never begins what cannot come out even.

/** Whether some of the tickets from `index` on have exactly `sum` players together. */
export type ReachableSums = (index: number, sum: number) => boolean;

/** The sums up to `total` of tickets of `sizes`. One bit for each, so that thousands of tickets and seats are no matter. */
export function reachableSums(sizes: readonly number[], total: number): ReachableSums {
  const words = (total >>> 5) + 1;
  const bits = new Uint32Array((sizes.length + 1) * words);
  bits[sizes.length * words] = 1; // Nobody makes up 0.
  for (let index = sizes.length - 1; index >= 0; index -= 1) {
    const after = (index + 1) * words;
    const here = index * words;
    const size = sizes[index] ?? 0;
    const skipped = size >>> 5;
    const shift = size & 31;
    for (let word = 0; word < words; word += 1) {
      const low = word >= skipped ? (bits[after + word - skipped] ?? 0) : 0;
      const below = shift > 0 && word > skipped ? (bits[after + word - skipped - 1] ?? 0) >>> (32 - shift) : 0;
      bits[here + word] = (bits[after + word] ?? 0) | (low << shift) | below;
    }
  }
  return (index, sum) => {
    if (sum < 0 || sum > total || index > sizes.length) return false;
    return (((bits[index * words + (sum >>> 5)] ?? 0) >>> (sum & 31)) & 1) === 1;
  };
}
