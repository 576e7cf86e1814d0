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

/** `value` as JSON whose keys are sorted: maps come over the wire in any order. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? "";
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.keys(fields)
    .toSorted()
    .map((key) => [key, sorted(fields[key])]);
}
