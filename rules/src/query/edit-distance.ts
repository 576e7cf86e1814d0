// How many characters have to be inserted, removed or replaced to make one text of another (Levenshtein).

/** The edits from `from` to `to` in code points; undefined if they are more than `max`, which is small. */
export function editDistance(
  from: string,
  { to, max }: { readonly to: string; readonly max: number },
): number | undefined {
  if (to.length > 2 * (from.length + max)) return undefined; // A long text need not be taken apart.
  const source = [...from];
  const target = [...to];
  if (Math.abs(source.length - target.length) > max) return undefined;
  // Only cells near the diagonal matter: `row[offset]` is the column `index + offset - max` of the row `index`.
  const beyond = max + 1;
  let row = Array.from({ length: 2 * max + 1 }, (_, offset) => (offset < max ? beyond : offset - max));
  for (const [index, letter] of source.entries()) {
    const next: number[] = [];
    for (let offset = 0; offset <= 2 * max; offset += 1) {
      const column = index + 1 + offset - max;
      if (column < 0 || column > target.length) {
        next.push(beyond);
        continue;
      }
      const replaced = column === 0 ? beyond : (row[offset] ?? beyond) + (letter === target[column - 1] ? 0 : 1);
      const removed = (row[offset + 1] ?? beyond) + 1;
      const inserted = (next[offset - 1] ?? beyond) + 1;
      next.push(Math.min(replaced, removed, inserted, beyond));
    }
    row = next;
  }
  const edits = row[target.length - source.length + max] ?? beyond;
  return edits <= max ? edits : undefined;
}
