// Time in the test's hand: it stands still until somebody advances it, then wakes sleepers in order of their time.
import { abortError, type Clock } from "./clock.ts";

export interface VirtualClock extends Clock {
  /** Moves time to each sleeper in turn, up to `durationMs` from now, letting woken code run before the next. */
  advance(durationMs: number): Promise<void>;
  /** Moves to the next sleeper and wakes it; false when nobody sleeps. */
  advanceToNext(): Promise<boolean>;
}

type Sleeper = { readonly atMs: number; readonly order: number; readonly wake: () => void };

/** A clock that starts at `startMs` (default 0) and moves only when told to. Sleepers of one instant wake in call order. */
export function createVirtualClock(startMs = 0): VirtualClock {
  let nowMs = startMs;
  let order = 0;
  const sleepers: Sleeper[] = [];

  const next = () => {
    let first: Sleeper | undefined;
    for (const sleeper of sleepers) {
      if (!first || sleeper.atMs < first.atMs || (sleeper.atMs === first.atMs && sleeper.order < first.order)) {
        first = sleeper;
      }
    }
    return first;
  };
  const wake = async (sleeper: Sleeper) => {
    sleepers.splice(sleepers.indexOf(sleeper), 1);
    nowMs = Math.max(nowMs, sleeper.atMs);
    sleeper.wake();
    await settle();
  };

  return {
    nowMs: () => nowMs,
    wallMs: () => nowMs,
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(abortError());
        const sleeper: Sleeper = {
          atMs: nowMs + Math.max(delayMs, 0),
          order: order++,
          wake: () => {
            signal?.removeEventListener("abort", stop);
            resolve();
          },
        };
        const stop = () => {
          const index = sleepers.indexOf(sleeper);
          if (index >= 0) sleepers.splice(index, 1);
          reject(abortError());
        };
        signal?.addEventListener("abort", stop, { once: true });
        sleepers.push(sleeper);
      }),
    async advance(durationMs) {
      const untilMs = nowMs + durationMs;
      await settle();
      for (let sleeper = next(); sleeper && sleeper.atMs <= untilMs; sleeper = next()) await wake(sleeper);
      nowMs = untilMs;
      await settle();
    },
    async advanceToNext() {
      await settle();
      const sleeper = next();
      if (!sleeper) return false;
      await wake(sleeper);
      return true;
    },
  };
}

/** Lets every chain of promises that is ready run to its next wait: one macrotask drains them all. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
