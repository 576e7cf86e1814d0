// Tells a repeat of a request from another request under the same id.
import { hash } from "node:crypto";

/** SHA-256 in hex of `value` in a form that the order of keys does not change. Journals keep it: its form stays as it is. */
export function bodyDigest(value: unknown): string {
  return hash("sha256", canonical(value), "hex");
}

/** JSON in which an object is the list of its entries in the order of their keys. In one pass, as each placement has one. */
function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (value instanceof Uint8Array)
    return `"${Buffer.from(value.buffer, value.byteOffset, value.length).toString("hex")}"`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  let text = "";
  // Not toSorted with a comparison: the default order is the same, of UTF-16 units, and costs less.
  for (const key of Object.keys(value).sort()) {
    const one = (value as Readonly<Record<string, unknown>>)[key];
    if (one === undefined) continue;
    text += `${text === "" ? "" : ","}[${JSON.stringify(key)},${canonical(one)}]`;
  }
  return `[${text}]`;
}
