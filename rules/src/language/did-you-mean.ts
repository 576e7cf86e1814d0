// A hint for a misspelt word: most errors in rule sets are one slip of the finger.

/** `: did you mean "maxPlayers"?` when one of `words` is close to `text`, else nothing. */
export function didYouMean(text: string, words: Iterable<string>): string {
  let best: { readonly word: string; readonly slips: number } | undefined;
  for (const word of words) {
    const slips = slipsBetween(text.slice(0, 64).toLowerCase(), word.toLowerCase());
    if (slips <= Math.max(1, word.length / 3) && (!best || slips < best.slips)) best = { word, slips };
  }
  return best ? `: did you mean "${best.word}"?` : "";
}

/** Insertions, deletions and replacements of a letter that lead from one text to the other (Levenshtein). */
function slipsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
