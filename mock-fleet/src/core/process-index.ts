// The processes that have not ended, in the orders in which decisions look for them: finding the next free one of ten
// thousand must cost no more than finding the next of ten. Derived from the processes alone, so that no snapshot holds it.
import type { ProcessId } from "@muster/proto";
import { freeSlots, isEnded, READY_TIMEOUT, type ServerProcess } from "./process.ts";

/** The living processes of one fleet. */
export type FleetProcesses = {
  /** Oldest first. */
  readonly living: ReadonlyMap<ProcessId, ServerProcess>;
  /** Those that can take a session, first the one that could for longest. */
  readonly open: ReadonlyMap<ProcessId, ServerProcess>;
  /** Those that count towards the number that is kept running. */
  readonly keptCount: number;
  /** Sessions that run on them. */
  readonly keptSessions: number;
  /** Those that drain and were not asked to end yet. */
  readonly draining: ReadonlyMap<ProcessId, ServerProcess>;
  /** Of those that count, how many run each program, by `entryKey`. */
  readonly keptByEntry: ReadonlyMap<string, number>;
  /** Living processes by the number of their host. */
  readonly livingByHost: ReadonlyMap<number, number>;
  /** Sessions that are activating, by the number of their host. */
  readonly activating: ReadonlyMap<number, number>;
};

export type ProcessIndex = {
  /** Fleets that have had a process, by name. */
  readonly byFleet: ReadonlyMap<string, FleetProcesses>;
  /** How many living processes hold each port. */
  readonly takenPorts: ReadonlyMap<number, number>;
};

type FleetProcessesFold = {
  readonly living: Map<ProcessId, ServerProcess>;
  readonly open: Map<ProcessId, ServerProcess>;
  keptCount: number;
  keptSessions: number;
  readonly draining: Map<ProcessId, ServerProcess>;
  readonly keptByEntry: Map<string, number>;
  readonly livingByHost: Map<number, number>;
  readonly activating: Map<number, number>;
};

/** The index as evolve.ts writes it. */
export type ProcessIndexFold = {
  readonly byFleet: Map<string, FleetProcessesFold>;
  readonly takenPorts: Map<number, number>;
};

export function createProcessIndex(): ProcessIndexFold {
  return { byFleet: new Map(), takenPorts: new Map() };
}

const NONE: FleetProcesses = createFleetProcesses();

function createFleetProcesses(): FleetProcessesFold {
  return {
    living: new Map(),
    open: new Map(),
    keptCount: 0,
    keptSessions: 0,
    draining: new Map(),
    keptByEntry: new Map(),
    livingByHost: new Map(),
    activating: new Map(),
  };
}

/** Tells programs of builds apart. */
export function entryKey({ build, launch }: { readonly build: string; readonly launch: string }): string {
  return `${build} ${launch}`;
}

/** The living processes of the fleet of that name. */
export function processesOf(index: ProcessIndex, fleet: string): FleetProcesses {
  return index.byFleet.get(fleet) ?? NONE;
}

/** Brings the index up to date with one process: `before` is undefined for a new one. A process never changes its fleet. */
export function indexProcess(index: ProcessIndexFold, before: ServerProcess | undefined, after: ServerProcess): void {
  const fleet = fleetOf(index, after.fleet);
  const { processId } = after;
  const kept = Number(counts(after)) - Number(before !== undefined && counts(before));
  fleet.keptCount += kept;
  fleet.keptSessions += keptSessionsOf(after) - (before ? keptSessionsOf(before) : 0);
  if (after.draining && (after.status.phase === "READY" || after.status.phase === "STARTING")) {
    fleet.draining.set(processId, after);
  } else fleet.draining.delete(processId);
  count(fleet.keptByEntry, entryKey(after), kept);
  count(
    fleet.livingByHost,
    after.hostNumber,
    Number(!isEnded(after)) - Number(before !== undefined && !isEnded(before)),
  );
  if (isEnded(after)) fleet.living.delete(processId);
  else fleet.living.set(processId, after);
  // Set again it keeps its place; only who was full and has room again goes to the end.
  if (freeSlots(after) > 0) fleet.open.set(processId, after);
  else fleet.open.delete(processId);
  if (before?.address.ports === after.address.ports && !isEnded(after)) return;
  if (before && !isEnded(before)) countPorts(index, before, -1);
  if (!isEnded(after)) countPorts(index, after, 1);
}

/** Puts those with room in their order, after processes were indexed in another: a restart reads them oldest first. */
export function sortOpen(index: ProcessIndexFold): void {
  for (const { open } of index.byFleet.values()) {
    const sorted = [...open.values()].toSorted((one, other) => one.roomSince - other.roomSince);
    open.clear();
    for (const process of sorted) open.set(process.processId, process);
  }
}

function fleetOf(index: ProcessIndexFold, name: string): FleetProcessesFold {
  const known = index.byFleet.get(name);
  if (known) return known;
  const fleet = createFleetProcesses();
  index.byFleet.set(name, fleet);
  return fleet;
}

function counts(process: ServerProcess): boolean {
  return !isEnded(process) && countsAsKept(process);
}

function keptSessionsOf(process: ServerProcess): number {
  return counts(process) ? process.sessionIds.size : 0;
}

/**
 * One that ends or drains is replaced at once, but for those that never became ready: their replacement waits, and backs off.
 */
export function countsAsKept({ status, draining }: ServerProcess): boolean {
  if (draining && status.phase !== "TERMINATING") return false;
  return status.phase !== "TERMINATING" || status.reason === READY_TIMEOUT;
}

function countPorts({ takenPorts }: ProcessIndexFold, { address }: ServerProcess, by: 1 | -1): void {
  for (const port of Object.values(address.ports)) count(takenPorts, port, by);
}

/** A session begins to activate on the process (1), or does so no longer (-1). */
export function countActivating(index: ProcessIndexFold, process: ServerProcess, by: 1 | -1): void {
  count(fleetOf(index, process.fleet).activating, process.hostNumber, by);
}

function count<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  const next = (counts.get(key) ?? 0) + by;
  if (next === 0) counts.delete(key);
  else counts.set(key, next);
}
