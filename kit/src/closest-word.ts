// The word that somebody most likely meant: for unknown keys, names and commands. Bounded, because what is misspelt may
// come from an attacker.

/** Slips beyond which a guess would be wild, and a thousand long misspelt words an attack. */
const SLIPS_MAX = 4;
/** Letters of a text that are looked at. */
const LETTERS_MAX = 64;

/** The closest of `words` to `text`, case aside: at most a third of the word's letters off, and 4. Undefined if none is. */
export function closestWord(text: string, words: Iterable<string>): string | undefined {
  let best: { readonly word: string; readonly slips: number } | undefined;
  const from = text.slice(0, LETTERS_MAX).toLowerCase();
  for (const word of words) {
    const allowed = Math.min(SLIPS_MAX, Math.max(1, word.length / 3));
    const slips = slipsBetween(from, word.toLowerCase(), allowed);
    if (slips <= allowed && (!best || slips < best.slips)) best = { word, slips };
  }
  return best?.word;
}

/**
 * Letters inserted, dropped, replaced, or swapped with their neighbour, that lead from one text to the other; Infinity as
 * soon as it is sure that they are more than `allowed`.
 */
function slipsBetween(from: string, to: string, allowed: number): number {
  if (Math.abs(from.length - to.length) > allowed) return Number.POSITIVE_INFINITY;
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  let leastBefore = 0;
  for (let i = 1; i <= from.length; i += 1) {
    const next = new Array<number>(to.length + 1).fill(Number.POSITIVE_INFINITY);
    next[0] = i;
    let least = i;
    // Farther from the diagonal than `allowed` there are more slips than that.
    const last = Math.min(to.length, i + Math.floor(allowed));
    for (let j = Math.max(1, i - Math.floor(allowed)); j <= last; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = isSwap ? (before[j - 2] ?? 0) + 1 : replaced;
      const slips = Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      next[j] = slips;
      least = Math.min(least, slips);
    }
    // A swap looks back two rows: later rows are above both.
    if (least > allowed && leastBefore > allowed) return Number.POSITIVE_INFINITY;
    leastBefore = least;
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
