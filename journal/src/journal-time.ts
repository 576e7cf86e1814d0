// Journal time (ARCHITECTURE.md): goes on from what the journal knows by what has elapsed, over a restart by the wall clock's
// gap, which is believed only within bounds. A wall clock that jumps can make timeouts late or early once, by so much.
import type { Clock } from "@muster/kit";

/** Longest pause that a restart adds, in ms: a clock that jumped by a day must not time every ticket out. */
export const RESTART_GAP_MS_MAX = 600_000;

export interface JournalTime {
  /** Whole milliseconds; never runs backwards, not over a restart either. */
  nowMs(): number;
}

/** Time for an owner who finds the journal as `last` says; without any record it starts at 0. */
export function createJournalTime(
  clock: Clock,
  last: { readonly lastTimeMs: number; readonly lastWallMs: number },
): JournalTime {
  const gapMs = last.lastWallMs === 0 ? 0 : Math.min(Math.max(clock.wallMs() - last.lastWallMs, 0), RESTART_GAP_MS_MAX);
  const startMs = last.lastTimeMs + Math.ceil(gapMs); // Up: what the last owner saw had been rounded down.
  const openedMs = clock.nowMs();
  return { nowMs: () => Math.floor(startMs + (clock.nowMs() - openedMs)) };
}
