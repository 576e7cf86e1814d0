// The next process of a fleet that can take a session: the one that could for longest, on a host that does not activate as many
// sessions as it may already.
import type { ProcessId } from "@muster/proto";
import type { Moment } from "./decision.ts";
import type { FleetSpec } from "./fleet-config.ts";
import type { FleetState } from "./fleet-state.ts";
import type { ServerProcess } from "./process.ts";
import { processesOf } from "./process-index.ts";

/** Undefined if there is none but those of `except`. */
export function freeProcess(
  state: FleetState,
  fleet: FleetSpec,
  { attached }: Moment,
  except: ReadonlySet<ProcessId> = new Set(),
): ServerProcess | undefined {
  const { open, activating } = processesOf(state.processIndex, fleet.name);
  const activationsMax = fleet.concurrentActivations ?? Number.POSITIVE_INFINITY;
  for (const { processId, hostNumber } of open.values()) {
    if ((activating.get(hostNumber) ?? 0) >= activationsMax) continue;
    if (attached.has(processId) && !except.has(processId)) return state.processes.get(processId);
  }
  return undefined;
}
