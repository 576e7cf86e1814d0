// A log of a few lines: what a service's logger would add in memory is not worth it next to every game.
import type { Clock } from "@muster/kit";

export type Log = (
  level: "debug" | "info" | "warn" | "error",
  message: string,
  fields?: Record<string, unknown>,
) => void;

const LEVELS = ["debug", "info", "warn", "error", "silent"];

/** One JSON object a line on standard error, from `level` up, each with `common`. Callers never put a secret into it. */
export function createLog(level: string, clock: Clock, common: Record<string, unknown> = {}): Log {
  return (lineLevel, message, fields = {}) => {
    if (LEVELS.indexOf(lineLevel) < LEVELS.indexOf(level)) return;
    const time = new Date(clock.wallMs()).toISOString();
    process.stderr.write(
      `${JSON.stringify({ level: lineLevel, time, service: "sidecar", ...common, ...fields, msg: message })}\n`,
    );
  };
}
