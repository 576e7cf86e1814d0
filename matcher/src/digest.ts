// What tells a repeated request from another one of the same id, without keeping the request.
import { hash } from "node:crypto";

/** SHA-256 of `canonicalJson(value)`. */
export function digestOf(value: unknown): string {
  return digestOfText(canonicalJson(value));
}

/** SHA-256 of `text`. */
export function digestOfText(text: string): string {
  return hash("sha256", text, "base64url");
}

/** `value` as JSON whose keys are sorted, an object as a list of its keys and values: maps come over the wire in any order. */
export function canonicalJson(value: unknown): string {
  return value === undefined ? "" : textOf(value);
}

// Written at once: the lists that JSON.stringify() would have to be given cost more than the text.
function textOf(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "number":
      return Number.isFinite(value) ? String(value) : "null";
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? listText(value) : objectText(value as Readonly<Record<string, unknown>>);
    default:
      return JSON.stringify(value) ?? "null";
  }
}

function objectText(fields: Readonly<Record<string, unknown>>): string {
  const keys = Object.keys(fields);
  if (keys.length > 1) keys.sort();
  let text = "[";
  for (const key of keys) text += `${text === "[" ? "[" : ",["}${quoted(key)},${textOf(fields[key])}]`;
  return `${text}]`;
}

function listText(items: readonly unknown[]): string {
  let text = "[";
  for (const item of items) text += text === "[" ? textOf(item) : `,${textOf(item)}`;
  return `${text}]`;
}

/** What stands in JSON as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
