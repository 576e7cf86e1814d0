// Patterns as automata: a text is read once, with the set of places where the pattern may be. The time is that of text times
// pattern, whatever either says; nothing ever goes back.

/** Code points, from and to inclusive. Lists of them are sorted and do not touch. */
export type CodeRange = readonly [number, number];

/** One step of an automaton. */
export type Step =
  /** One character of `ranges`, or with `isNegated` one of no range; then `next`. */
  | {
      readonly type: "character";
      readonly ranges: readonly CodeRange[];
      readonly isNegated: boolean;
      readonly ignoresCase: boolean;
      readonly next: number;
    }
  /** Goes on at all of `nexts`. */
  | { readonly type: "split"; readonly nexts: readonly number[] }
  /** Goes on only where the text begins or ends. */
  | { readonly type: "edge"; readonly at: "start" | "end"; readonly next: number }
  /** The pattern is complete. */
  | { readonly type: "match" };

/** `steps[start]` is where it begins. */
export type Automaton = { readonly steps: readonly Step[]; readonly start: number };

/** Steps of all patterns of a query: beyond this it is an attack. A value of 4,096 characters takes them some 20 ms at worst. */
export const AUTOMATON_STEPS_MAX = 500;

/** Whether the automaton takes the whole of `text`. `onVisits` is told how many steps were looked at. */
export function matches({ steps, start }: Automaton, text: string, onVisits?: (count: number) => void): boolean {
  let visits = 1;
  const places: Places = { steps, marks: new Uint32Array(steps.length), present: [], turn: 1 };
  add(places, { from: start, isStart: true, isEnd: text.length === 0 });
  let at = 0;
  for (const letter of text) {
    const before = places.present;
    if (before.length === 0) break;
    visits += before.length;
    at += letter.length;
    const code = letter.codePointAt(0) ?? 0;
    places.present = [];
    places.turn += 1;
    for (const index of before) {
      const step = steps[index];
      if (step?.type !== "character" || !takes(step, code)) continue;
      add(places, { from: step.next, isStart: false, isEnd: at === text.length });
    }
  }
  onVisits?.(visits);
  return places.present.some((index) => steps[index]?.type === "match");
}

/** Where the pattern may be: `marks` has `turn` for each step in `present`, so that none is there twice. */
type Places = { readonly steps: readonly Step[]; readonly marks: Uint32Array; present: number[]; turn: number };
type Place = { readonly from: number; readonly isStart: boolean; readonly isEnd: boolean };

/** Adds where one gets from `from` without reading a character. */
function add({ steps, marks, present, turn }: Places, { from, isStart, isEnd }: Place): void {
  const open = [from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (marks[index] === turn) continue;
    marks[index] = turn;
    present.push(index);
    const step = steps[index];
    if (step?.type === "split") open.push(...step.nexts);
    else if (step?.type === "edge" && (step.at === "start" ? isStart : isEnd)) open.push(step.next);
  }
}

function takes(step: Extract<Step, { type: "character" }>, code: number): boolean {
  const { ranges, ignoresCase, isNegated } = step;
  const isAmong = ignoresCase ? casesOf(code).some((one) => isIn(ranges, one)) : isIn(ranges, code);
  return isAmong !== isNegated;
}

function isIn(ranges: readonly CodeRange[], code: number): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const [from = 0, to = 0] = ranges[middle] ?? [];
    if (code < from) high = middle;
    else if (code > to) low = middle + 1;
    else return true;
  }
  return false;
}

/** The character and its other cases, as far as they are one character. */
function casesOf(code: number): readonly number[] {
  const letter = String.fromCodePoint(code);
  const others = [letter.toLowerCase(), letter.toUpperCase()].filter((one) => [...one].length === 1);
  return [code, ...others.map((one) => one.codePointAt(0) ?? code)];
}
