// Spans of time as people type them: "500ms", "30s", "2m", "1h", "1.5s".
import { UsageError } from "./usage-error.ts";

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const LONGEST_MS = 24 * UNIT_MS.h;

/**
 * `text` in whole milliseconds.
 *
 * @throws {UsageError} unless it is a number above 0 with one of the units ms, s, m and h, at most 24h.
 */
export function parseDuration(text: string): number {
  const { amount, unit } = /^(?<amount>\d+(?:\.\d+)?)(?<unit>ms|s|m|h)$/.exec(text)?.groups ?? {};
  const ms = Math.round(Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]);
  if (ms >= 1 && ms <= LONGEST_MS) return ms;
  throw new UsageError(`Cannot read "${text}" as a span of time from 1ms to 24h, such as 500ms, 30s or 2m`);
}

/** For people: "0.4 s", "12 s", "3:05 min", "2:10 h". */
export function formatDuration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(ms, 0) / 1_000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${String(seconds % 60).padStart(2, "0")} min`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")} h`;
}
