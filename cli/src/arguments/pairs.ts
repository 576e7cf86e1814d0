// Arguments that hold structure: JSON objects, and name=number pairs.
import { UsageError } from "./usage-error.ts";

/** @throws {UsageError} unless `text` is a JSON object. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> {
  const refuse = (why: string) =>
    new UsageError(`Cannot read '${text}' as a JSON object, such as '{"skill":1}': ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error));
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw refuse(`it is ${value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`}`);
}

/**
 * "red=1,blue=2" as a map.
 *
 * @throws {UsageError} for anything else, and for a name that comes twice.
 */
export function parsePairs(text: string): Readonly<Record<string, number>> {
  const pairs: Record<string, number> = {};
  for (const pair of text.split(",")) {
    const { name, value } = /^(?<name>[^=]+)=(?<value>\d+)$/.exec(pair.trim())?.groups ?? {};
    if (name === undefined || value === undefined || Object.hasOwn(pairs, name)) {
      throw new UsageError(`Cannot read "${text}" as pairs, such as red=1,blue=2: "${pair}" is none, or comes twice`);
    }
    pairs[name] = Number(value);
  }
  return pairs;
}
