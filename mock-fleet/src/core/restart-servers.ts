// All servers of a fleet are to be started anew, as what they are started of has changed: processes of the old take no more sessions,
// those of the new stand beside them at once, and crashes of the old hold nothing back any more.
import { MusterError } from "@muster/proto";
import type { Decision, Moment } from "./decision.ts";
import { findFleet } from "./fleet-config.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import { type ServerProcess, terminateProcess } from "./process.ts";
import { processesOf } from "./process-index.ts";

/** What a server has to end by itself, in ms: whoever changes it waits for the new one. */
const END_MS = 3_000;

export type Restart = {
  readonly fleet: string;
  /** Why, as the servers hear it. */
  readonly reason: string;
  /** How long battles may go on. 0: they end at once. */
  readonly graceMs: number;
};

/**
 * Ends every process of the fleet, those that have battles after the grace, whatever their protection says. One that ends or drains
 * already goes on with that. Answers with how many processes and battles it concerns.
 *
 * @throws {MusterError} FLEET_NOT_FOUND
 */
export function restartServers(
  state: FleetState,
  restart: Restart,
  moment: Moment,
): Decision<{ readonly processes: number; readonly battles: number }> {
  const { fleet } = restart;
  if (!findFleet(moment.config, fleet)) {
    throw new MusterError("FLEET_NOT_FOUND", `Cannot restart fleet ${fleet} as there is none of that name`);
  }
  const running = [...processesOf(state.processIndex, fleet).living.values()].filter(
    ({ status, draining }) => status.phase !== "TERMINATING" && !draining,
  );
  const ends = running.flatMap((process) => endOrDrain(process, restart, moment));
  return {
    facts: [{ type: "fleet-restarted", fleet }, ...ends],
    reply: {
      processes: running.length,
      battles: running.reduce((sum, { sessionIds }) => sum + sessionIds.size, 0),
    },
  };
}

function endOrDrain(process: ServerProcess, { reason, graceMs }: Restart, moment: Moment): readonly FleetFact[] {
  if (graceMs === 0 || process.sessionIds.size === 0) {
    const withinMs = Math.min(END_MS, moment.config.settings.processTerminateMs);
    return terminateProcess(process, reason, moment, withinMs);
  }
  return [{ type: "process-draining", processId: process.processId, reason, endByMs: moment.nowMs + graceMs }];
}
