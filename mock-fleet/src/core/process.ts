// One server process: launched, ready, terminating, ended. A process id is never used twice, so an ended process can say
// nothing any more.
import { type Address, MusterError, type ProcessId, type ServerSessionId, type SessionEndCause } from "@muster/proto";
import type { Moment } from "./decision.ts";
import { findFleet } from "./fleet-config.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import { closeSession, isLiving } from "./session.ts";

/** Why a process ends that did not become ready in time. */
export const READY_TIMEOUT = "READY_TIMEOUT";

export type ProcessStatus =
  | {
      readonly phase: "STARTING";
      /** When it is ended unless it is ready. Undefined: never. */
      readonly readyByMs: number | undefined;
    }
  | { readonly phase: "READY"; readonly concurrentSessions: number }
  | { readonly phase: "TERMINATING"; readonly reason: string; readonly deadlineMs: number }
  | { readonly phase: "ENDED"; readonly reason: string; readonly endedAtMs: number };

export type ServerProcess = {
  readonly processId: ProcessId;
  readonly fleet: string;
  readonly region: string;
  /** What it was started of: a build, and a program of it. */
  readonly build: string;
  readonly launch: string;
  /** Of its fleet's hosts: 1, 2, …; 0 in facts of older builds of the fleet. */
  readonly hostNumber: number;
  readonly incarnation: number;
  /** What its sidecar proves itself with. Never logged. */
  readonly secret: string;
  readonly address: Address;
  readonly startedAtMs: number;
  readonly startedAtWallMs: number;
  readonly status: ProcessStatus;
  /** Of the last sidecar stream. 0: none yet. */
  readonly attachGeneration: number;
  /** Of the game. Undefined until the sidecar told it. */
  readonly pid: number | undefined;
  readonly unreachableSinceMs: number | undefined;
  /** Sessions that have not ended. */
  readonly sessionIds: ReadonlySet<ServerSessionId>;
  /** It takes no more sessions, and ends after those that it has, or at `endByMs`. */
  readonly draining: { readonly reason: string; readonly endByMs: number | undefined } | undefined;
  /** Position of the fact since which it can take a session. 0: it cannot. */
  readonly roomSince: number;
};

export function isEnded(process: ServerProcess): boolean {
  return process.status.phase === "ENDED";
}

/** Sessions that the process can take now. */
export function freeSlots(process: ServerProcess): number {
  if (process.status.phase !== "READY" || process.unreachableSinceMs !== undefined) return 0;
  if (process.draining) return 0;
  return process.status.concurrentSessions - process.sessionIds.size;
}

/** @throws {MusterError} PROCESS_NOT_FOUND */
export function getProcess(state: FleetState, processId: ProcessId): ServerProcess {
  const process = state.processes.get(processId);
  if (process) return process;
  throw new MusterError("PROCESS_NOT_FOUND", `Cannot use process ${processId} as the fleet knows none of that id`);
}

export type Hello = {
  readonly processId: ProcessId;
  readonly incarnation: number;
  readonly attachGeneration: number;
  readonly secret: string;
  readonly fleet: string;
  readonly pid: number | undefined;
};

/**
 * The process that a sidecar may attach to.
 *
 * @throws {MusterError} FLEET_NOT_FOUND, PROCESS_NOT_FOUND, CREDENTIALS_INVALID, PROCESS_FENCED.
 */
export function admitSidecar(state: FleetState, hello: Hello, moment: Moment): ServerProcess {
  if (!findFleet(moment.config, hello.fleet)) {
    throw new MusterError("FLEET_NOT_FOUND", `Cannot attach to fleet ${hello.fleet} as there is none of that name`);
  }
  const process = getProcess(state, hello.processId);
  if (process.fleet !== hello.fleet) {
    throw new MusterError(
      "FLEET_NOT_FOUND",
      `Cannot attach to fleet ${hello.fleet} as the process is of fleet ${process.fleet}`,
    );
  }
  if (!isSameSecret(process.secret, hello.secret)) {
    throw new MusterError("CREDENTIALS_INVALID", `Cannot attach process ${hello.processId} as its secret is wrong`);
  }
  const fence = (why: string) =>
    new MusterError("PROCESS_FENCED", `Cannot attach process ${hello.processId} as ${why}`);
  if (process.status.phase === "ENDED") throw fence(`it has ended: ${process.status.reason}`);
  if (hello.incarnation !== process.incarnation) {
    throw fence(`its incarnation is ${process.incarnation}: the sidecar is of incarnation ${hello.incarnation}`);
  }
  if (hello.attachGeneration < process.attachGeneration) {
    throw fence(`attachment ${process.attachGeneration} has taken its place: this is ${hello.attachGeneration}`);
  }
  return process;
}

/** Compares in a time that does not tell how much of the secret was right. */
export function isSameSecret(expected: string, given: string): boolean {
  let difference = expected.length ^ given.length;
  for (let i = 0; i < expected.length; i += 1) {
    difference |= expected.charCodeAt(i) ^ (given.charCodeAt(i % Math.max(given.length, 1)) || 0);
  }
  return difference === 0;
}

/** The process takes sessions; nothing if it does already, or no longer. */
export function becomeReady(
  process: ServerProcess,
  ready: { readonly ports: Readonly<Record<string, number>>; readonly concurrentSessions: number },
  moment: Moment,
): readonly FleetFact[] {
  if (process.status.phase !== "STARTING") return [];
  const declared = Math.max(ready.concurrentSessions, 1);
  const cap = findFleet(moment.config, process.fleet)?.concurrentSessions ?? declared;
  return [
    {
      type: "process-became-ready",
      processId: process.processId,
      ports: ready.ports,
      concurrentSessions: Math.min(declared, cap),
    },
  ];
}

/** Asks the process to end; nothing if it was asked before or has ended. Its sessions go on until it ends. */
export function terminateProcess(
  process: ServerProcess,
  reason: string,
  moment: Moment,
  withinMs = moment.config.settings.processTerminateMs,
): readonly FleetFact[] {
  if (process.status.phase === "TERMINATING" || process.status.phase === "ENDED") return [];
  const deadlineMs = moment.nowMs + withinMs;
  return [{ type: "process-terminating", processId: process.processId, reason, deadlineMs }];
}

/** The process is over: it and all its sessions end, once. */
export function endProcess(
  state: FleetState,
  process: ServerProcess,
  end: { readonly reason: string; readonly cause: SessionEndCause; readonly crashed: boolean },
): readonly FleetFact[] {
  if (isEnded(process)) return [];
  return [
    { type: "process-ended", processId: process.processId, reason: end.reason, crashed: end.crashed },
    ...closeSessions(state, process, end.cause),
  ];
}

/** Ends every living session of the process. */
export function closeSessions(state: FleetState, process: ServerProcess, cause: SessionEndCause): readonly FleetFact[] {
  return [...process.sessionIds].flatMap((sessionId) => {
    const battle = state.sessions.get(sessionId)?.battle;
    return battle && isLiving(battle) ? [closeSession(battle, cause)] : [];
  });
}

// Ends that say something went wrong, so that the replacement is not launched in a hot loop.
const FAILURES: ReadonlySet<string> = new Set(["UNHEALTHY", "ACTIVATION_TIMEOUT", "SESSION_NOT_ENDED", READY_TIMEOUT]);

/** The process has exited: by its own word, as it was asked to, or out of the blue. */
export function processExited(state: FleetState, process: ServerProcess, how: string): readonly FleetFact[] {
  if (process.status.phase === "TERMINATING") {
    const { reason } = process.status;
    return endProcess(state, process, { reason, cause: "PROCESS_ENDED", crashed: FAILURES.has(reason) });
  }
  return endProcess(state, process, { reason: how, cause: "PROCESS_CRASHED", crashed: true });
}
