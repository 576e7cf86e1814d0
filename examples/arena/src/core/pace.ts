// When the world's next step is due, counted from one fixed start instead of from the last step: timers that fire late
// do not add up to a slower battle.

export type Pace = {
  readonly startedAtMs: number;
  /** Steps taken since then. */
  readonly steps: number;
};

export type PaceStep = {
  /** Steps to take now, 0 to `CATCH_UP_STEPS_MAX`. */
  readonly due: number;
  /** How long to wait after them. */
  readonly waitMs: number;
  readonly next: Pace;
};

/** After a longer pause than this many steps (a stopped process, a sleeping laptop) the time is dropped, not caught up. */
export const CATCH_UP_STEPS_MAX = 5;

/** What is due at `nowMs` when a step takes `stepMs`. */
export function planSteps(pace: Pace, stepMs: number, nowMs: number): PaceStep {
  const owed = Math.floor((nowMs - pace.startedAtMs) / stepMs) - pace.steps;
  if (owed > CATCH_UP_STEPS_MAX) return { due: 1, waitMs: stepMs, next: { startedAtMs: nowMs, steps: 0 } };
  const due = Math.max(owed, 0);
  const next = { startedAtMs: pace.startedAtMs, steps: pace.steps + due };
  return { due, waitMs: Math.max(next.startedAtMs + (next.steps + 1) * stepMs - nowMs, 0), next };
}
