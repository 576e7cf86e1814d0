// A fleet in numbers, for those who look on.
import type { FleetSpec } from "./fleet-config.ts";
import { rolloutOf } from "./fleet-control.ts";
import type { FleetState } from "./fleet-state.ts";
import { freeSlots } from "./process.ts";
import { processesOf } from "./process-index.ts";

export type FleetCounts = {
  readonly starting: number;
  readonly ready: number;
  readonly draining: number;
  readonly terminating: number;
  /** Of another build than new ones. */
  readonly outdated: number;
  readonly sessions: number;
  readonly freeSessions: number;
};

export function countFleet(state: FleetState, fleet: FleetSpec): FleetCounts {
  const { build } = rolloutOf(state, fleet);
  const counts = { starting: 0, ready: 0, draining: 0, terminating: 0, outdated: 0, sessions: 0, freeSessions: 0 };
  for (const process of processesOf(state.processIndex, fleet.name).living.values()) {
    const { phase } = process.status;
    if (phase === "TERMINATING") counts.terminating += 1;
    else if (process.draining) counts.draining += 1;
    else if (phase === "STARTING") counts.starting += 1;
    else counts.ready += 1;
    if (process.build !== build.name) counts.outdated += 1;
    counts.sessions += process.sessionIds.size;
    counts.freeSessions += freeSlots(process);
  }
  return counts;
}
