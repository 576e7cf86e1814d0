// A query as Nakama's matchmaker takes it apart. What ends a word, what a backslash does and where a number stops being one is
// odd in places, and kept: queries that were written for it mean the same here.
import { QueryRefusal } from "../refusal.ts";
import type { Span } from "../syntax.ts";

export type Token = {
  readonly type: "text" | "quoted" | "number" | "boost" | "tilde" | "+" | "-" | ":" | ">" | "<" | "=";
  /** Of a text, number, boost, …: what it says, backslashes taken off. */
  readonly text: string;
  readonly span: Span;
};

const OPERATORS = ["+", "-", ":", ">", "<", "="] as const;
/** What a backslash takes the meaning of; before anything else it stays. */
const ESCAPABLE = '+-=&|><!(){}[]^"~*?:\\/ ';

/** @throws {QueryRefusal} A quoted text does not end. */
export function readTokens(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const letter = letterAt(text, at);
    const operator = OPERATORS.find((one) => one === letter);
    if (/\s/u.test(letter)) at += letter.length;
    else if (operator) {
      tokens.push({ type: operator, text: operator, span: { start: at, end: at + 1 } });
      at += 1;
    } else {
      const token = readLong(text, at);
      if (token.text !== "" || token.type === "quoted") tokens.push(token);
      at = token.next;
    }
  }
  return tokens;
}

type LongToken = Token & { readonly next: number };

function readLong(text: string, start: number): LongToken {
  switch (text[start]) {
    case '"':
      return readQuoted(text, start);
    case "^":
      return readSuffix(text, { start, type: "boost" });
    case "~":
      return readSuffix(text, { start, type: "tilde" });
    default:
      return readWord(text, start);
  }
}

function readQuoted(text: string, start: number): LongToken {
  let said = "";
  for (let at = start + 1; at < text.length; ) {
    const letter = letterAt(text, at);
    at += letter.length;
    if (letter === '"') return { type: "quoted", text: said, span: { start, end: at }, next: at };
    if (letter !== "\\") said += letter;
    else if (at < text.length) {
      const escaped = letterAt(text, at);
      said += unescaped(escaped);
      at += escaped.length;
    }
  }
  throw new QueryRefusal('has a quote (") that nothing closes', { start, end: text.length });
}

/** What follows ^ or ~ up to a space; "1" if nothing does. */
function readSuffix(
  text: string,
  { start, type }: { readonly start: number; readonly type: "boost" | "tilde" },
): LongToken {
  let said = "";
  let at = start + 1;
  while (at < text.length && text[at] !== " ") {
    const read = readLetter(text, at);
    said += read.said;
    at = read.next;
  }
  return { type, text: said === "" ? "1" : said, span: { start, end: at }, next: at };
}

function readWord(text: string, start: number): LongToken {
  let said = "";
  let at = start;
  let isNumber = true;
  while (at < text.length && !" :^~".includes(letterAt(text, at))) {
    if (text[at] === "\\") isNumber &&= at + 1 >= text.length && at > start;
    const read = readLetter(text, at);
    said += read.said;
    at = read.next;
  }
  isNumber &&= /^\p{Nd}[\p{Nd}]*(?:\.\p{Nd}*)?$/u.test(said);
  return { type: isNumber ? "number" : "text", text: said, span: { start, end: at }, next: at };
}

/** A letter, or what a backslash makes of the one after it; a backslash at the very end is nothing. */
function readLetter(text: string, at: number): { readonly said: string; readonly next: number } {
  const letter = letterAt(text, at);
  if (letter !== "\\") return { said: letter, next: at + letter.length };
  if (at + 1 >= text.length) return { said: "", next: at + 1 };
  const escaped = letterAt(text, at + 1);
  return { said: unescaped(escaped), next: at + 1 + escaped.length };
}

function unescaped(letter: string): string {
  return ESCAPABLE.includes(letter) ? letter : `\\${letter}`;
}

function letterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}
