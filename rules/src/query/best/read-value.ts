// What a condition asks of its field's value: a word, a number, a date, a range, a pattern, a text in quotes.
import { parseInstant } from "../instant.ts";
import { parseNumeral } from "../numeral.ts";
import { parseRegularExpression } from "../pattern/regular-expression.ts";
import { hasWildcard, type ValueCharacter, wildcardAutomaton } from "../pattern/wildcard.ts";
import type { Bound, Condition, Term } from "../syntax.ts";
import type { Cursor } from "./cursor.ts";

/** A date or time without quotes, whose colons are its own. */
const DATE = /\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?(?![^\s)\]}^])/y;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![^\s)\]}^])/y;
const EDITS_MAX = 2;
const EDITS_DEFAULT = 1;
/** More than anybody means, and sums of them stay exact. */
const BOOST_MAX = 1_000_000;

type Asked = { readonly field: string; readonly start: number };

/** The condition here on `field`, with its boost. @throws {QueryRefusal} There is none that could be read. */
export function readValue(cursor: Cursor, { field, start }: Asked): Term {
  cursor.takeMatch(/ */y);
  const condition = readCondition(cursor);
  const span = { start, end: cursor.at };
  const weight = readBoost(cursor);
  return { type: "term", field, condition, weight, ordinalWeight: weight, readsDatesAsText: true, span };
}

/** `^number` here; 1 if there is none. */
export function readBoost(cursor: Cursor): number {
  const start = cursor.at;
  if (!cursor.take("^")) return 1;
  const said = cursor.takeMatch(/[^\s)]*/uy)?.[0] ?? "";
  const boost = parseNumeral(said);
  if (boost !== undefined && Math.abs(boost) <= BOOST_MAX) return boost;
  return cursor.fail(`boosts by "${said}", which must be a number from -${BOOST_MAX} to ${BOOST_MAX}`, start);
}

function readCondition(cursor: Cursor): Condition {
  switch (cursor.peek()) {
    case ">":
    case "<":
      return readComparison(cursor);
    case "[":
    case "{":
      return readRange(cursor);
    case '"':
      return equalTo(readQuoted(cursor), { isQuoted: true });
    case "/":
      return readRegularExpression(cursor);
    default:
      return readWord(cursor);
  }
}

function readComparison(cursor: Cursor): Condition {
  const isMinimum = cursor.next() === ">";
  const isIncluded = cursor.take("=");
  cursor.takeMatch(/ */y);
  const end = readEnd(cursor);
  const bound: Bound = { value: end.value, isIncluded };
  const type = end.isDate ? "date-range" : "number-range";
  return { type, min: isMinimum ? bound : undefined, max: isMinimum ? undefined : bound };
}

type End = { readonly value: number; readonly isDate: boolean };

/** A number, or a date in quotes or without. */
function readEnd(cursor: Cursor): End {
  const start = cursor.at;
  const text = cursor.peek() === '"' ? readQuoted(cursor) : (cursor.takeMatch(DATE) ?? cursor.takeMatch(NUMBER))?.[0];
  const number = text === undefined ? undefined : parseNumeral(text);
  if (number !== undefined) return { value: number, isDate: false };
  const instant = text === undefined ? undefined : parseInstant(text);
  if (instant) return { value: instant.atMs, isDate: true };
  cursor.takeMatch(/[^\s)\]}]*/uy);
  const said = cursor.text.slice(start, cursor.at);
  return cursor.fail(`compares with "${said}", which must be a number or a date such as 2026-03-01`, start);
}

/** `[a TO b]` with both ends, `{a TO b}` without; `*` is an open end. Numbers, dates, or else texts in the order of their letters. */
function readRange(cursor: Cursor): Condition {
  const start = cursor.at;
  const includesMin = cursor.next() === "[";
  const readOpenEnd = (): RangeEnd | undefined => {
    cursor.skipSpace();
    return cursor.takeMatch(/\*(?![^\s\]}])/uy) ? undefined : readRangeEnd(cursor);
  };
  const min = readOpenEnd();
  if (!cursor.takeMatch(/\s+TO(?=\s)/uy)) cursor.fail('must have "TO" between the ends of the range');
  const max = readOpenEnd();
  cursor.skipSpace();
  const includesMax = cursor.take("]");
  if (!includesMax && !cursor.take("}")) cursor.fail("has a range that nothing closes", start);
  if (!min && !max) return { type: "present" };
  const ends = [min, max].filter((end) => end !== undefined);
  if (new Set(ends.map(({ type }) => type)).size > 1) cursor.fail("has a range whose ends are of two kinds", start);
  if (min && max && min.value > max.value) cursor.fail("has a range whose first end is above its second", start);
  if (ends.some(({ type }) => type === "text-range")) {
    return {
      type: "text-range",
      from: min && { text: String(min.value), isIncluded: includesMin },
      to: max && { text: String(max.value), isIncluded: includesMax },
    };
  }
  return {
    type: ends.some(({ type }) => type === "date-range") ? "date-range" : "number-range",
    min: min && { value: Number(min.value), isIncluded: includesMin },
    max: max && { value: Number(max.value), isIncluded: includesMax },
  };
}

type RangeEnd = {
  readonly type: "number-range" | "date-range" | "text-range";
  readonly value: number | string;
};

function readRangeEnd(cursor: Cursor): RangeEnd {
  const start = cursor.at;
  const isQuoted = cursor.peek() === '"';
  const text = isQuoted ? readQuoted(cursor) : (cursor.takeMatch(/[^\s\]}[{"()]+/uy)?.[0] ?? "");
  if (text === "" && !isQuoted) cursor.fail("must have a number, a date, a text or * as an end of the range", start);
  const number = isQuoted ? undefined : parseNumeral(text);
  if (number !== undefined) return { type: "number-range", value: number };
  const instant = parseInstant(text);
  return instant ? { type: "date-range", value: instant.atMs } : { type: "text-range", value: text };
}

function readQuoted(cursor: Cursor): string {
  const start = cursor.at;
  cursor.next();
  let text = "";
  while (!cursor.take('"')) {
    if (cursor.take("\\") && cursor.isAtEnd) cursor.fail("ends with a backslash");
    if (cursor.isAtEnd) cursor.fail('has a quote (") that nothing closes', start);
    text += cursor.next();
  }
  return text;
}

/** In quotes a number is a text, as nobody quotes a number otherwise; a date is both. */
function equalTo(text: string, { isQuoted }: { readonly isQuoted: boolean }): Condition {
  return {
    type: "equals",
    text,
    number: isQuoted ? undefined : parseNumeral(text),
    instantMs: parseInstant(text)?.atMs,
  };
}

function readRegularExpression(cursor: Cursor): Condition {
  const start = cursor.at;
  cursor.next();
  let source = "";
  while (!cursor.take("/")) {
    if (cursor.isAtEnd) cursor.fail("has a regular expression that nothing closes: a / before it is missing", start);
    if (cursor.take("\\")) source += cursor.peek() === "/" ? cursor.next() : `\\${cursor.next()}`;
    else source += cursor.next();
  }
  const found = parseRegularExpression(source, { mayHaveEdges: true, mayBeLazy: true });
  if ("message" in found)
    return cursor.fail(`has a regular expression that ${found.message}`, start + 1 + found.position);
  return { type: "pattern", source: cursor.text.slice(start, cursor.at), automaton: found };
}

/** What a word may not hold without a backslash before it. */
const RESERVED = /[:("[\]{}]/u;
const ENDS = /[\s)^~]/u;

function readWord(cursor: Cursor): Condition {
  const start = cursor.at;
  const date = cursor.takeMatch(DATE) ?? cursor.takeMatch(NUMBER);
  if (date) return equalTo(date[0], { isQuoted: false });
  const characters: ValueCharacter[] = [];
  while (!cursor.isAtEnd && !ENDS.test(cursor.peek())) {
    const isEscaped = cursor.take("\\");
    if (isEscaped && cursor.isAtEnd) cursor.fail("ends with a backslash");
    if (!isEscaped && RESERVED.test(cursor.peek())) {
      cursor.fail(`has "${cursor.peek()}" in a value: write \\${cursor.peek()}, or put the value in quotes`);
    }
    characters.push({ letter: cursor.next(), isEscaped });
  }
  if (characters.length === 0) cursor.fail("must have a value here", start);
  const text = characters.map(({ letter }) => letter).join("");
  const edits = readEdits(cursor);
  if (!hasWildcard(characters)) {
    if (edits > 0) return { type: "fuzzy", text, editsMax: edits };
    return { type: "equals", text, number: undefined, instantMs: undefined };
  }
  if (edits > 0) cursor.fail("has a wildcard and allows edits: only one of them", start);
  if (characters.every(({ letter, isEscaped }) => letter === "*" && !isEscaped)) return { type: "present" };
  const automaton = wildcardAutomaton(characters);
  if (!automaton) return cursor.fail("has a wildcard that is too long", start);
  return { type: "pattern", source: cursor.text.slice(start, cursor.at), automaton };
}

/** `~` or `~number` here; 0 if there is none. */
function readEdits(cursor: Cursor): number {
  const start = cursor.at;
  if (!cursor.take("~")) return 0;
  const said = cursor.takeMatch(/[^\s)^]*/uy)?.[0] ?? "";
  const edits = said === "" ? EDITS_DEFAULT : parseNumeral(said);
  if (edits !== undefined && Number.isInteger(edits) && edits >= 0 && edits <= EDITS_MAX) return edits;
  return cursor.fail(`allows "${said}" edits, which must be 0, 1 or ${EDITS_MAX}`, start);
}
