// Tells a repeat of a request from another request under the same id.
import { hash } from "node:crypto";

/** SHA-256 in hex of `value` in a form that the order of keys does not change. Journals keep it: its form stays as it is. */
export function bodyDigest(value: unknown): string {
  return hash("sha256", JSON.stringify(ordered(value)) ?? "null", "hex");
}

/** An object as the list of its entries in the order of their keys, bytes as hex: JSON is made of it in one go. */
function ordered(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString("hex");
  if (Array.isArray(value)) return value.map(ordered);
  const entries: [string, unknown][] = [];
  // Not toSorted with a comparison: the default order is the same, of UTF-16 units, and costs less.
  for (const key of Object.keys(value).sort()) {
    const one = (value as Readonly<Record<string, unknown>>)[key];
    if (one !== undefined) entries.push([key, ordered(one)]);
  }
  return entries;
}
