// Crashes of a fleet in a row, and what they hold back: the next launch for a while; or, where somebody is changing the servers, every
// launch after a start that failed, until they say that there is something new to start.
import type { Moment } from "./decision.ts";
import type { FleetFact } from "./fleet-fact.ts";
import { CALM_MS, type FleetFold, type FleetState } from "./fleet-state.ts";
import { READY_TIMEOUT, type ServerProcess } from "./process.ts";

/** A process that lived for so long has not crashed in a loop. */
const CRASH_LOOP_AGE_MS = 30_000;
const CRASH_BACKOFF_MS_MAX = 30_000;

/** Folds the end of `process`, as it was before, into the loop of its fleet. */
export function foldEnd(
  state: FleetFold,
  process: ServerProcess,
  { reason, crashed }: Pick<Extract<FleetFact, { readonly type: "process-ended" }>, "reason" | "crashed">,
  timeMs: number,
): void {
  if (!crashed) {
    state.crashLoops.delete(process.fleet);
    return;
  }
  const failedStart = process.status.phase === "STARTING" || reason === READY_TIMEOUT;
  // Who never became ready has waited, not lived.
  const livedLong = reason !== READY_TIMEOUT && timeMs - process.startedAtMs >= CRASH_LOOP_AGE_MS;
  const crashes = (livedLong ? 0 : (state.crashLoops.get(process.fleet)?.crashes ?? 0)) + 1;
  // The first crash is made good at once; from the second on it is a loop.
  const waitMs = crashes === 1 ? 0 : Math.min(CRASH_BACKOFF_MS_MAX, 500 * 2 ** Math.min(crashes - 2, 16));
  state.crashLoops.set(process.fleet, { crashes, notBeforeMs: timeMs + waitMs, failedStart });
  for (const atMs of looksAfterCrash(timeMs + waitMs)) {
    state.agenda.add({ type: "launch-allowed", atMs, fleet: process.fleet });
  }
}

/** When a fleet that has crashed is looked at by itself: as it may launch again, and as it is calm. */
export function looksAfterCrash(notBeforeMs: number): readonly number[] {
  return [notBeforeMs, notBeforeMs + CALM_MS];
}

/** Whether the fleet starts nothing until it is restarted, as its last start failed. */
export function waitsForChange(
  { crashLoops }: Pick<FleetState, "crashLoops">,
  fleet: string,
  { config }: Pick<Moment, "config">,
): boolean {
  return config.settings.watched === true && crashLoops.get(fleet)?.failedStart === true;
}

/** Whether crashes hold back the next launch. */
export function mayNotLaunch(state: Pick<FleetState, "crashLoops">, fleet: string, moment: Moment): boolean {
  if (waitsForChange(state, fleet, moment)) return true;
  return (state.crashLoops.get(fleet)?.notBeforeMs ?? 0) > moment.nowMs;
}
