// What a query looks at: a ticket as fields with one value each.
import { parseInstant } from "./instant.ts";

/** A date, and the text that it was written as. */
export type DateValue = { readonly atMs: number; readonly text: string };
export type FieldValue = string | number | DateValue;
export type QueryDocument = ReadonlyMap<string, FieldValue>;

/** What a ticket says of itself. */
export type QueryProfile = {
  readonly ticketId: string;
  readonly minCount: number;
  readonly maxCount: number;
  /** "": no party. */
  readonly partyId: string;
  /** Milliseconds since 1970, or since a simulation's start. */
  readonly createdAtMs: number;
  readonly stringProperties: Readonly<Record<string, string>>;
  readonly numericProperties: Readonly<Record<string, number>>;
};

/** Fields that every ticket has beside its properties. */
export const ticketFields = ["ticket", "min_count", "max_count", "party_id", "created_at"] as const;
export const PROPERTY_PREFIX = "properties.";

/**
 * The fields of a ticket: each property as `properties.KEY`, a text that reads as a date as that date, and where a key has text and number
 * the number; beside them `ticketFields`, `created_at` in nanoseconds.
 */
export function queryDocument(profile: QueryProfile): QueryDocument {
  const { ticketId, minCount, maxCount, partyId, createdAtMs, stringProperties, numericProperties } = profile;
  const fields = new Map<string, FieldValue>([
    ["ticket", ticketId],
    ["min_count", minCount],
    ["max_count", maxCount],
    ["party_id", partyId],
    ["created_at", createdAtMs * 1e6],
  ]);
  for (const [key, text] of Object.entries(stringProperties)) fields.set(PROPERTY_PREFIX + key, fieldValue(text));
  for (const [key, value] of Object.entries(numericProperties)) fields.set(PROPERTY_PREFIX + key, value);
  return fields;
}

/** The text, or the date that it reads as. */
export function fieldValue(text: string): FieldValue {
  const instant = parseInstant(text);
  return instant ? { atMs: instant.atMs, text } : text;
}
