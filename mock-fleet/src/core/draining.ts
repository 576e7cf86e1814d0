// A process that drains takes no more sessions, and ends when those that it has are over, or when their protection is.
import { MusterError, type ProcessId } from "@muster/proto";
import { type Decision, type Moment, unchanged } from "./decision.ts";
import { findFleet } from "./fleet-config.ts";
import { controlOf } from "./fleet-control.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import { getProcess, type ServerProcess, terminateProcess } from "./process.ts";
import { processesOf } from "./process-index.ts";
import { endsByMs } from "./protection.ts";

/**
 * Lets the process drain; nothing if it does, ends or has ended. `spares`: ALL sessions go on until they are over by themselves;
 * PROTECTED ones only, for as long as their protection says; NONE.
 */
export function drainProcess(
  state: FleetState,
  process: ServerProcess,
  how: { readonly reason: string; readonly spares: "ALL" | "PROTECTED" | "NONE" },
  moment: Moment,
): readonly FleetFact[] {
  const { reason, spares } = how;
  const { processId, status, sessionIds, draining } = process;
  if (status.phase === "TERMINATING" || status.phase === "ENDED") return [];
  if (spares === "NONE" || sessionIds.size === 0) return terminateProcess(process, reason, moment);
  if (draining) return [];
  const endByMs = spares === "ALL" ? undefined : protectedUntilMs(state, process, moment);
  // Nobody is protected: it is asked to end, and has as long for it as any process.
  if (endByMs !== undefined && endByMs <= moment.nowMs + moment.config.settings.processTerminateMs) {
    return terminateProcess(process, reason, moment);
  }
  return [{ type: "process-draining", processId, reason, endByMs }];
}

/** When the last of its sessions is protected no more; undefined: never. */
function protectedUntilMs(state: FleetState, { sessionIds }: ServerProcess, moment: Moment): number | undefined {
  let latestMs = moment.nowMs;
  for (const sessionId of sessionIds) {
    const battle = state.sessions.get(sessionId)?.battle;
    const untilMs = battle ? endsByMs(battle, moment) : moment.nowMs;
    if (untilMs === undefined) return undefined;
    latestMs = Math.max(latestMs, untilMs);
  }
  return latestMs;
}

/** The end of one process that drains and has no session any more. */
export function endDrained(state: FleetState, fleet: string, moment: Moment): readonly FleetFact[] {
  for (const process of processesOf(state.processIndex, fleet).draining.values()) {
    if (process.sessionIds.size === 0) return terminateProcess(process, process.draining?.reason ?? "DRAINED", moment);
  }
  return [];
}

/** Its sessions are protected no more. */
export function drainDue(process: ServerProcess, moment: Moment): readonly FleetFact[] {
  return process.draining ? terminateProcess(process, process.draining.reason, moment) : [];
}

/**
 * The fleet takes no more sessions and ends its processes, or takes them again; a repeat changes nothing.
 *
 * @throws {MusterError} FLEET_NOT_FOUND
 */
export function drainFleet(
  state: FleetState,
  { fleet, isDrained, force }: { readonly fleet: string; readonly isDrained: boolean; readonly force: boolean },
  moment: Moment,
): Decision<undefined> {
  if (!findFleet(moment.config, fleet)) {
    throw new MusterError("FLEET_NOT_FOUND", `Cannot drain fleet ${fleet} as there is none of that name`);
  }
  const told: readonly FleetFact[] =
    controlOf(state, fleet).isDrained === isDrained ? [] : [{ type: "fleet-drain-put", fleet, isDrained }];
  if (!isDrained) return { facts: told, reply: undefined };
  const spares = force ? "NONE" : "PROTECTED";
  const living = [...processesOf(state.processIndex, fleet).living.values()];
  const ends = living.flatMap((process) => drainProcess(state, process, { reason: "DRAINED", spares }, moment));
  return { facts: [...told, ...ends], reply: undefined };
}

/**
 * The process drains, and is replaced; a repeat changes nothing.
 *
 * @throws {MusterError} PROCESS_NOT_FOUND
 */
export function drainOne(
  state: FleetState,
  { processId, force }: { readonly processId: ProcessId; readonly force: boolean },
  moment: Moment,
): Decision<undefined> {
  const process = getProcess(state, processId);
  const facts = drainProcess(state, process, { reason: "DRAINED", spares: force ? "NONE" : "PROTECTED" }, moment);
  return facts.length === 0 ? unchanged(undefined) : { facts, reply: undefined };
}
