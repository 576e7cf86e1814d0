// What a query looks at: a ticket as fields with one value each.
import { parseInstant } from "./instant.ts";

/** A date, and the text that it was written as. */
export type DateValue = { readonly atMs: number; readonly text: string };
export type FieldValue = string | number | DateValue;
export type QueryDocument = {
  /** Undefined: the ticket says nothing of it. */
  get(field: string): FieldValue | undefined;
  /** Every field that it says something of. */
  fields(): readonly string[];
};

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
 * the number; beside them `ticketFields`, `created_at` in nanoseconds. It looks at `profile` when it is asked: a pool of a million
 * tickets has no room for each twice.
 */
export function queryDocument(profile: QueryProfile): QueryDocument {
  return new ProfileDocument(profile);
}

class ProfileDocument implements QueryDocument {
  readonly #profile: QueryProfile;

  constructor(profile: QueryProfile) {
    this.#profile = profile;
  }

  get(field: string): FieldValue | undefined {
    const profile = this.#profile;
    if (field.startsWith(PROPERTY_PREFIX)) {
      const key = field.slice(PROPERTY_PREFIX.length);
      const { numericProperties, stringProperties } = profile;
      if (Object.hasOwn(numericProperties, key)) return numericProperties[key];
      const text = Object.hasOwn(stringProperties, key) ? stringProperties[key] : undefined;
      return text === undefined ? undefined : fieldValue(text);
    }
    switch (field) {
      case "ticket":
        return profile.ticketId;
      case "min_count":
        return profile.minCount;
      case "max_count":
        return profile.maxCount;
      case "party_id":
        return profile.partyId;
      case "created_at":
        return profile.createdAtMs * 1e6;
      default:
        return undefined;
    }
  }

  fields(): readonly string[] {
    const { stringProperties, numericProperties } = this.#profile;
    const keys = new Set([...Object.keys(stringProperties), ...Object.keys(numericProperties)]);
    return [...ticketFields, ...[...keys].map((key) => PROPERTY_PREFIX + key)];
  }
}

/** The text, or the date that it reads as. */
export function fieldValue(text: string): FieldValue {
  const first = text.charCodeAt(0);
  if (first < 48 || first > 57) return text; // Dates begin with a digit.
  const instant = parseInstant(text);
  return instant ? { atMs: instant.atMs, text } : text;
}
