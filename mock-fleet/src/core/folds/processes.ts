// Facts of server processes, folded.
import { invariant } from "@muster/kit";
import type { ProcessId } from "@muster/proto";
import { foldEnd } from "../crash-loop.ts";
import type { FleetFold } from "../fleet-state.ts";
import { freeSlots, type ServerProcess } from "../process.ts";
import { indexProcess } from "../process-index.ts";
import type { Fact } from "./fact-of.ts";

export function launchProcess(state: FleetFold, fact: Fact<"process-launched">, timeMs: number): void {
  const { type: _, readyByMs, ...identity } = fact;
  const process: ServerProcess = {
    ...identity,
    startedAtMs: timeMs,
    status: { phase: "STARTING", readyByMs },
    attachGeneration: 0,
    pid: undefined,
    unreachableSinceMs: undefined,
    sessionIds: new Set(),
    draining: undefined,
    roomSince: 0,
  };
  state.processes.set(fact.processId, process);
  state.livingProcesses.set(fact.processId, process);
  indexProcess(state.processIndex, undefined, process);
  if (readyByMs !== undefined) state.agenda.add({ type: "ready-due", atMs: readyByMs, processId: fact.processId });
  const ports = Object.values(fact.address.ports);
  if (ports.length > 0) state.nextPorts.set(fact.fleet, Math.max(...ports) + 1);
}

export function changeProcess(
  state: FleetFold,
  processId: ProcessId,
  change: (process: ServerProcess) => ServerProcess,
): void {
  const process = state.processes.get(processId);
  invariant(process, "a fact of a process names one that was launched");
  const next = withRoomSince(change(process), state.position);
  state.processes.set(processId, next);
  if (next.status.phase === "ENDED") state.livingProcesses.delete(processId);
  else state.livingProcesses.set(processId, next);
  indexProcess(state.processIndex, process, next);
}

function withRoomSince(process: ServerProcess, position: number): ServerProcess {
  const hasRoom = freeSlots(process) > 0;
  if (hasRoom === process.roomSince > 0) return process;
  return { ...process, roomSince: hasRoom ? position : 0 };
}

export function endProcess(state: FleetFold, fact: Fact<"process-ended">, timeMs: number): void {
  const before = state.processes.get(fact.processId);
  changeProcess(state, fact.processId, (process) => ({
    ...process,
    status: { phase: "ENDED", reason: fact.reason, endedAtMs: timeMs },
  }));
  state.answeredCommands.delete(fact.processId);
  state.ended.add({ type: "process", atMs: timeMs, processId: fact.processId });
  if (before) foldEnd(state, before, fact, timeMs);
}
