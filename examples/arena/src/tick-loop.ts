// Calls the world's step at its rate until it is called off, and says whether it still does.
import { setTimeout as sleep } from "node:timers/promises";
import { type Pace, planSteps } from "./core/pace.ts";

export interface TickLoop {
  /** Whether the last step is less than a second old: what a health check wants to know. */
  isFresh(): boolean;
  /** Resolves when the loop has been called off; rejects if a step threw. */
  readonly ended: Promise<void>;
}

/** Older than this a tick means that the loop is stuck, in ms. */
const FRESH_MS = 1_000;

/** Runs `step` `ticksPerSecond` times a second until `signal` aborts. */
export function startTickLoop(ticksPerSecond: number, step: (nowMs: number) => void, signal: AbortSignal): TickLoop {
  const stepMs = 1_000 / ticksPerSecond;
  let pace: Pace = { startedAtMs: performance.now(), steps: 0 };
  let tickedAtMs = pace.startedAtMs;

  const run = async () => {
    while (!signal.aborted) {
      const { due, waitMs, next } = planSteps(pace, stepMs, performance.now());
      pace = next;
      for (let i = 0; i < due; i += 1) {
        tickedAtMs = performance.now();
        step(tickedAtMs);
      }
      await sleep(waitMs, undefined, { signal }).catch(() => undefined); // An abort ends the loop.
    }
  };
  return { isFresh: () => performance.now() - tickedAtMs < FRESH_MS, ended: run() };
}
