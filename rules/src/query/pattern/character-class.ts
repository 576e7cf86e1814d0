// Classes of characters in regular expressions: \d, [:alpha:] and their like, all of ASCII as in RE2.
import type { CodeRange } from "./automaton.ts";

const LAST_CODE = 0x10ffff;
const range = (from: string, to: string): CodeRange => [from.charCodeAt(0), to.charCodeAt(0)];
const digits = [range("0", "9")];
const upper = [range("A", "Z")];
const lower = [range("a", "z")];
const letters = [...upper, ...lower];
const blanks: readonly CodeRange[] = [
  [9, 10],
  [12, 13],
  [32, 32],
];

/** By the letter after a backslash; its capital stands for every other character. */
const escapes: Readonly<Record<string, readonly CodeRange[]>> = {
  d: digits,
  w: [...digits, ...letters, range("_", "_")],
  s: blanks,
};

const named: Readonly<Record<string, readonly CodeRange[]>> = {
  alnum: [...digits, ...letters],
  alpha: letters,
  ascii: [[0, 127]],
  blank: [
    [9, 9],
    [32, 32],
  ],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: digits,
  graph: [range("!", "~")],
  lower,
  print: [range(" ", "~")],
  punct: [range("!", "/"), range(":", "@"), range("[", "`"), range("{", "~")],
  space: [
    [9, 13],
    [32, 32],
  ],
  upper,
  word: [...digits, ...letters, range("_", "_")],
  xdigit: [...digits, range("A", "F"), range("a", "f")],
};

/** The characters of `\d`, `\D`, `\w`, … by the letter; undefined for every other letter. */
export function escapedClass(letter: string): readonly CodeRange[] | undefined {
  const ranges = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
  if (ranges) return ranges;
  const opposite = letter.toLowerCase();
  const others = Object.hasOwn(escapes, opposite) ? escapes[opposite] : undefined;
  return others && letter !== opposite ? complement(others) : undefined;
}

/** The characters of `[:name:]`; undefined if there is no such class. */
export function namedClass(name: string): readonly CodeRange[] | undefined {
  const isNegated = name.startsWith("^");
  const plain = isNegated ? name.slice(1) : name;
  const ranges = Object.hasOwn(named, plain) ? named[plain] : undefined;
  return ranges && isNegated ? complement(ranges) : ranges;
}

/** The same characters in ranges that are sorted and do not touch. */
export function mergedRanges(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const merged: CodeRange[] = [];
  for (const [from, to] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) merged[merged.length - 1] = [last[0], Math.max(last[1], to)];
    else merged.push([from, to]);
  }
  return merged;
}

function complement(ranges: readonly CodeRange[]): readonly CodeRange[] {
  const others: CodeRange[] = [];
  let from = 0;
  for (const [start, end] of ranges.toSorted((one, other) => one[0] - other[0])) {
    if (start > from) others.push([from, start - 1]);
    from = Math.max(from, end + 1);
  }
  others.push([from, LAST_CODE]);
  return others;
}
