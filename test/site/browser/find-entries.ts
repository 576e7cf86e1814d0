// The search: which headings and words fit what was typed, best first.

/** A page: its path, its title, and its headings and words, each with level and anchor. Level 7 is a word of a table. */
export type IndexedPage = readonly [
  path: string,
  title: string,
  entries: readonly (readonly [level: number, text: string, anchor: string])[],
];
export type Found = { readonly href: string; readonly text: string; readonly title: string };

const FOUND_MAX = 20;

/** At most twenty. Every word that was typed has to be in the heading or, but for one at least, in the title of its page. */
export function findEntries(index: readonly IndexedPage[], typed: string): readonly Found[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return [];
  const all = index.flatMap(([path, title, entries]) =>
    entries.flatMap(([level, text, anchor]) => {
      const score = scoreOf(words, { level, text: text.toLowerCase(), title: title.toLowerCase() });
      return score === undefined ? [] : [{ score, href: level === 1 ? path : `${path}#${anchor}`, text, title }];
    }),
  );
  return all
    .toSorted((one, other) => other.score - one.score || one.text.length - other.text.length)
    .slice(0, FOUND_MAX)
    .map(({ href, text, title }) => ({ href, text, title }));
}

type Entry = { readonly level: number; readonly text: string; readonly title: string };

function scoreOf(words: readonly string[], { level, text, title }: Entry): number | undefined {
  let score = (7 - level) / 2;
  let inText = 0;
  for (const word of words) {
    if (text === word) score += 12;
    else if (text.startsWith(word)) score += 8;
    else if (text.includes(word)) score += /[a-z0-9]/.test(text[text.indexOf(word) - 1] ?? "") ? 4 : 6;
    else if (title.includes(word)) score += 1;
    else return undefined;
    if (text.includes(word)) inText += 1;
  }
  return inText === 0 ? undefined : score;
}
