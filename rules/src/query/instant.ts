// Dates in texts. A property that reads as a date is one, and no text any more; queries compare with dates.

/** A moment, and how much of it was said. */
export type Instant = {
  /** Milliseconds since 1970, with fractions; without a zone: UTC. */
  readonly atMs: number;
  readonly hasTime: boolean;
  readonly hasZone: boolean;
};

const FORM = /^(\d{4})-(\d\d)-(\d\d)(?:([T ])(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)?)?$/;

/**
 * The instant that `text` is in one of the forms `2026-03-01`, `2026-03-01 10:00:00`, `2026-03-01T10:00:00` and RFC 3339 with a zone,
 * seconds with fractions or without; undefined for every other text, also for days that no calendar has.
 */
export function parseInstant(text: string): Instant | undefined {
  const found = FORM.exec(text);
  if (!found) return undefined;
  const [, years, months, days, separator, hours = "0", minutes = "0", seconds = "0", fraction = "", zone] = found;
  if (separator === " " && zone !== undefined) return undefined;
  const [year, month, day] = [Number(years), Number(months), Number(days)];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // Date.UTC takes the years 0 to 99 for others.
  if (month < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const offsetMinutes = offsetOf(zone);
  if (offsetMinutes === undefined) return undefined;
  const timeMs = ((Number(hours) * 60 + Number(minutes) - offsetMinutes) * 60 + Number(seconds)) * 1_000;
  const fractionMs = fraction === "" ? 0 : Number(`0.${fraction}`) * 1_000;
  return {
    atMs: date.getTime() + timeMs + fractionMs,
    hasTime: separator !== undefined,
    hasZone: zone !== undefined,
  };
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
}
