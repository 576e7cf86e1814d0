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
  let row = Array.from({ length: target.length + 1 }, (_, index) => index);
  for (const [index, letter] of source.entries()) {
    const next = [index + 1];
    let least = index + 1;
    for (const [column, other] of target.entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      const edits = Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1);
      next.push(edits);
      least = Math.min(least, edits);
    }
    if (least > max) return undefined;
    row = next;
  }
  const edits = row[target.length] ?? 0;
  return edits <= max ? edits : undefined;
}
