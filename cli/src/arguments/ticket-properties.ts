// What a ticket says of itself where a configuration matches by queries: one JSON object, whose values tell texts from numbers.
import { parseJsonObject } from "./pairs.ts";
import { UsageError } from "./usage-error.ts";

export type TicketProperties = {
  readonly stringProperties: Readonly<Record<string, string>>;
  readonly numericProperties: Readonly<Record<string, number>>;
};

/** @throws {UsageError} unless `text` is a JSON object of texts and numbers. */
export function parseTicketProperties(text: string): TicketProperties {
  const stringProperties: Record<string, string> = {};
  const numericProperties: Record<string, number> = {};
  for (const [key, value] of Object.entries(parseJsonObject(text))) {
    if (typeof value === "string") stringProperties[key] = value;
    else if (typeof value === "number") numericProperties[key] = value;
    else throw new UsageError(`Cannot read property ${key} of '${text}' as only texts and numbers are properties`);
  }
  return { stringProperties, numericProperties };
}
