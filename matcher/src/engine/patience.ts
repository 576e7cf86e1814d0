// What the thorough searches of a pool may cost: much at once, as for a small pool in which hardly anything fits, and little in
// the long run, as for a busy one in which newcomers settle it anyway. Counted in steps and refilled by the rounds' own time, so
// that a replay decides the same.

/** Steps that a rested pool has: all matches of four among 40 single players, twice over. About half a second, in many turns. */
const STEPS_MAX = 400_000;
/** Steps that come back in a second: some 5 ms of work. */
const STEPS_PER_SECOND = 4_000;

export interface Patience {
  /** Whether there is any left. */
  readonly isLeft: boolean;
  spend(steps: number): void;
  /** The time of a round: what has come back since the last one. */
  rest(nowMs: number): void;
}

export function createPatience(): Patience {
  let left = STEPS_MAX;
  let atMs: number | undefined;
  return {
    get isLeft() {
      return left > 0;
    },
    spend(steps) {
      left -= steps;
    },
    rest(nowMs) {
      const passedMs = Math.max(0, nowMs - (atMs ?? nowMs));
      left = Math.min(STEPS_MAX, left + (passedMs * STEPS_PER_SECOND) / 1_000);
      atMs = nowMs;
    },
  };
}
