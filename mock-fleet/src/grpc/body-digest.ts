// Tells a repeat of a request from another request under the same id.
import { hash } from "node:crypto";

/** SHA-256 in hex of `value` in a form that the order of keys does not change. */
export function bodyDigest(value: unknown): string {
  return hash("sha256", JSON.stringify(canonical(value)), "hex");
}

function canonical(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, canonical(one)]);
}
