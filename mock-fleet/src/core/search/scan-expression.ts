// A filter or a sort of sessions as tokens, each with its place, so that what cannot be read is pointed at.
import { MusterError } from "@muster/proto";

export type Token = {
  readonly type: "word" | "text" | "number" | "sign" | "end";
  /** As it is written; of a quoted text what it stands for. */
  readonly text: string;
  /** Of its first character, from 1. */
  readonly position: number;
};

/** Which part of the request is read, as its errors name it. */
export type ExpressionField = "filter" | "sort";

/** Numbers have at most so many digits before and after the point: all of them are told apart. */
const NUMBER = /^-?\d{1,15}(?:\.\d{1,6})?$/;
const WORD = /[A-Za-z0-9_.:-]+/y;
const SIGN = /<>|<=|>=|[=<>(),]/y;

/** The tokens of `text`, the last of type "end". @throws {MusterError} FIELD_INVALID with the `position` of what is none. */
export function scanExpression(field: ExpressionField, text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const position = at + 1;
    const first = text[at] ?? "";
    if (first === " " || first === "\t" || first === "\n") {
      at += 1;
      continue;
    }
    if (first === "'" || first === '"') {
      const quoted = readQuoted(field, text, at);
      tokens.push({ type: "text", text: quoted.text, position });
      at = quoted.after;
      continue;
    }
    const word = take(WORD);
    if (word !== undefined) {
      at += word.length;
      // A key of its own: properties.'game mode'.
      const quote = word.endsWith(".") ? text[at] : undefined;
      const key = quote === "'" || quote === '"' ? readQuoted(field, text, at) : undefined;
      at = key?.after ?? at;
      const isNumber = NUMBER.test(word);
      tokens.push({ type: isNumber ? "number" : "word", text: word + (key?.text ?? ""), position });
      continue;
    }
    const sign = take(SIGN);
    if (sign === undefined)
      throw expressionInvalid(field, "a word, a number, a quoted text, a sign or a bracket", first, position);
    tokens.push({ type: "sign", text: sign, position });
    at += sign.length;
  }
  return [...tokens, { type: "end", text: "", position: text.length + 1 }];
}

function readQuoted(
  field: ExpressionField,
  source: string,
  from: number,
): { readonly text: string; readonly after: number } {
  const quote = source[from];
  let text = "";
  for (let at = from + 1; at < source.length; at += 1) {
    const one = source[at] ?? "";
    if (one === quote) return { text, after: at + 1 };
    const next = source[at + 1] ?? "";
    const isEscape = one === "\\" && (next === "\\" || next === "'" || next === '"');
    text += isEscape ? next : one;
    if (isEscape) at += 1;
  }
  throw expressionInvalid(field, "a text that ends in the quote that it begins with", source.slice(from), from + 1);
}

/** The error of a token that does not belong where it stands. */
export function notExpected(field: ExpressionField, rule: string, token: Token): MusterError {
  return expressionInvalid(field, rule, token.type === "end" ? undefined : token.text, token.position);
}

/** "Cannot read filter at character 7 as …: it is "…"". */
export function expressionInvalid(
  field: ExpressionField,
  rule: string,
  found: string | undefined,
  position: number,
): MusterError {
  const shown = found === undefined ? "it ends there" : `it is ${JSON.stringify(found.slice(0, 64))}`;
  return new MusterError("FIELD_INVALID", `Cannot read ${field} at character ${position} as ${rule}: ${shown}`, {
    metadata: { field, position: String(position) },
  });
}
