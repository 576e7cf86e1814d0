// When the next bots come: at a steady rate, whatever late timers do, and never more than a cap at once.

export type Arrivals = {
  readonly startedAtMs: number;
  /** Bots that were due since then, those that the cap turned away included. */
  readonly due: number;
};

export type ArrivalsStep = { readonly start: number; readonly next: Arrivals; readonly waitMs: number };

/** After a longer pause than this the missed bots stay away instead of coming all at once. */
const CATCH_UP_MS = 2_000;

/** How many bots start at `nowMs` when `running` are there already, and how long to wait until the next is due. */
export function planArrivals(
  arrivals: Arrivals,
  nowMs: number,
  limits: { readonly perSecond: number; readonly running: number; readonly runningMax: number },
): ArrivalsStep {
  const gapMs = 1_000 / limits.perSecond;
  const owed = Math.floor((nowMs - arrivals.startedAtMs) / gapMs) + 1 - arrivals.due;
  if (owed * gapMs > Math.max(CATCH_UP_MS, gapMs)) {
    const start = limits.running < limits.runningMax ? 1 : 0;
    return { start, next: { startedAtMs: nowMs, due: 1 }, waitMs: gapMs };
  }
  const due = Math.max(owed, 0);
  const next = { startedAtMs: arrivals.startedAtMs, due: arrivals.due + due };
  const waitMs = Math.max(next.startedAtMs + next.due * gapMs - nowMs, 0);
  return { start: Math.min(due, Math.max(limits.runningMax - limits.running, 0)), next, waitMs };
}
