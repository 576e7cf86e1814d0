// The language of filters, compiled into one function: expression = either {OR either}; either = factor {AND factor};
// factor = NOT factor | "(" expression ")" | field sign value.
import { fieldInvalid } from "@muster/proto";
import { expressionInvalid, notExpected, scanExpression, type Token } from "./scan-expression.ts";
import { fieldNames, findSessionField, type Searched, type SessionField, type SessionValue } from "./session-fields.ts";

/** Whether a session is selected. */
export type SessionFilter = (searched: Searched) => boolean;

/** Characters of a filter, and of a sort. */
export const EXPRESSION_CHARS_MAX = 1_024;
const COMPARISONS_MAX = 64;
const DEPTH_MAX = 16;

/**
 * The filter that `text` says; empty selects everything.
 *
 * @throws {MusterError} FIELD_INVALID with the `position` of the character that cannot be read, from 1.
 */
export function parseFilter(text: string): SessionFilter {
  if (text.length > EXPRESSION_CHARS_MAX) {
    throw fieldInvalid("filter", `at most ${EXPRESSION_CHARS_MAX} characters`, text.length);
  }
  const tokens = scanExpression("filter", text);
  if (tokens.length === 1) return () => true;
  const reader: Reader = { tokens, next: 0, depth: 0, comparisons: 0 };
  const filter = readEither(reader);
  const rest = peek(reader);
  if (rest.type !== "end") throw notExpected("filter", "AND, OR or the end", rest);
  return filter;
}

type Reader = { readonly tokens: readonly Token[]; next: number; depth: number; comparisons: number };

function peek({ tokens, next }: Reader): Token {
  return tokens[Math.min(next, tokens.length - 1)] as Token;
}

function take(reader: Reader): Token {
  const token = peek(reader);
  reader.next += 1;
  return token;
}

function takeWord(reader: Reader, word: "AND" | "OR" | "NOT"): boolean {
  const { type, text } = peek(reader);
  if (type !== "word" || text.toUpperCase() !== word) return false;
  reader.next += 1;
  return true;
}

function readEither(reader: Reader): SessionFilter {
  const filters = [readBoth(reader)];
  while (takeWord(reader, "OR")) filters.push(readBoth(reader));
  const [only] = filters;
  return only && filters.length === 1 ? only : (searched) => filters.some((filter) => filter(searched));
}

function readBoth(reader: Reader): SessionFilter {
  const filters = [readFactor(reader)];
  while (takeWord(reader, "AND")) filters.push(readFactor(reader));
  const [only] = filters;
  return only && filters.length === 1 ? only : (searched) => filters.every((filter) => filter(searched));
}

function readFactor(reader: Reader): SessionFilter {
  const { position, type, text } = peek(reader);
  reader.depth += 1;
  if (reader.depth > DEPTH_MAX) {
    throw expressionInvalid("filter", `a filter whose brackets and NOTs are at most ${DEPTH_MAX} deep`, text, position);
  }
  const filter = readInner(reader, { type, text });
  reader.depth -= 1;
  return filter;
}

function readInner(reader: Reader, { type, text }: Pick<Token, "type" | "text">): SessionFilter {
  if (takeWord(reader, "NOT")) {
    const filter = readFactor(reader);
    return (searched) => !filter(searched);
  }
  if (type !== "sign" || text !== "(") return readComparison(reader);
  reader.next += 1;
  const filter = readEither(reader);
  const closing = take(reader);
  if (closing.text !== ")" || closing.type !== "sign")
    throw notExpected("filter", "AND, OR or a closing bracket", closing);
  return filter;
}

const EQUAL = ["=", "<>"];
const ORDERED = [...EQUAL, "<", "<=", ">", ">="];

function readComparison(reader: Reader): SessionFilter {
  const word = take(reader);
  const field = word.type === "word" ? findSessionField(word.text) : undefined;
  if (!field) throw notExpected("filter", `one of ${fieldNames.join(", ")} and properties.KEY`, word);
  reader.comparisons += 1;
  if (reader.comparisons > COMPARISONS_MAX) {
    throw expressionInvalid("filter", `one of at most ${COMPARISONS_MAX} comparisons`, word.text, word.position);
  }
  const sign = take(reader);
  const signs = field.kind === "number" ? ORDERED : EQUAL;
  if (sign.type !== "sign" || !signs.includes(sign.text)) {
    throw notExpected("filter", `one of ${signs.join(" ")}, as ${word.text} is a ${field.kind}`, sign);
  }
  return comparison(field, sign.text, readValue(take(reader), field));
}

function readValue(token: Token, { kind }: SessionField): SessionValue {
  switch (kind) {
    case "text":
      if (token.type === "text") return token.text;
      throw notExpected("filter", "a text in quotes", token);
    case "number":
      if (token.type === "number") return Number(token.text);
      throw notExpected("filter", "a number of at most 15 digits", token);
    case "truth": {
      const word = token.type === "word" ? token.text.toLowerCase() : "";
      if (word === "true" || word === "false") return word === "true";
      throw notExpected("filter", "true or false", token);
    }
  }
}

function comparison({ read }: SessionField, sign: string, expected: SessionValue): SessionFilter {
  const holds = (test: (value: SessionValue) => boolean): SessionFilter => {
    return (searched) => {
      const value = read(searched);
      return value !== undefined && test(value);
    };
  };
  switch (sign) {
    case "=":
      return holds((value) => value === expected);
    case "<>":
      return holds((value) => value !== expected);
    case "<":
      return holds((value) => value < expected);
    case "<=":
      return holds((value) => value <= expected);
    case ">":
      return holds((value) => value > expected);
    default:
      return holds((value) => value >= expected);
  }
}
