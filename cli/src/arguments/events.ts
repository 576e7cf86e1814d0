// Arguments of `muster events`: lists of words, and times as people say them.
import { systemClock } from "@muster/kit";
import { parseDuration } from "./duration.ts";
import { UsageError } from "./usage-error.ts";

/** "a,b" as its words. */
export function parseWords(text: string): readonly string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/** A time with its date, or so long ago, such as "2h". @throws {UsageError} */
export function parseTime(text: string, nowMs: number = systemClock.wallMs()): Date {
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) {
    const time = new Date(text);
    if (!Number.isNaN(time.getTime())) return time;
    throw new UsageError(`Cannot read "${text}" as a time such as 2027-01-02T08:00Z`);
  }
  return new Date(nowMs - parseDuration(text));
}
