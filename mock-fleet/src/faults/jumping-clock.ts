// A clock whose wall time can be made to jump. What it counts by goes on as it was: no rule depends on a wall clock.
import type { Clock } from "@muster/kit";

export interface JumpingClock extends Clock {
  /** Forwards, or below 0 backwards. */
  jump(byMs: number): void;
}

export function createJumpingClock(clock: Clock): JumpingClock {
  let jumpedMs = 0;
  return {
    nowMs: () => clock.nowMs(),
    wallMs: () => clock.wallMs() + jumpedMs,
    sleep: (delayMs, signal) => clock.sleep(delayMs, signal),
    jump(byMs) {
      jumpedMs += byMs;
    },
  };
}
