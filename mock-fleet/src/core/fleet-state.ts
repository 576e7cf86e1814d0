// Everything the fleet knows: the fold of its facts. Decisions see it read-only; evolve.ts alone writes it, in place, because
// copying maps of a hundred thousand sessions for every fact is what a service cannot afford. The values inside the maps that
// others hold on to (battle sessions, changes, requests) are never written again.
import type { ErasureId, PlacementId, PlayerSessionId, ProcessId, ServerSessionId } from "@muster/proto";
import { type Agenda, createAgenda } from "./agenda.ts";
import type { AliasTarget } from "./alias.ts";
import type { Creations, CreationsFold } from "./creations.ts";
import { type Deadline, deadlineId } from "./deadline.ts";
import { type Ended, endedId } from "./ended.ts";
import type { FleetControl } from "./fleet-control.ts";
import type { CommandFold, CommandMemory } from "./host-command.ts";
import type { Placement } from "./placement.ts";
import type { ServerProcess } from "./process.ts";
import { createProcessIndex, type ProcessIndex, type ProcessIndexFold } from "./process-index.ts";
import type { ServerSession, SessionFold } from "./session.ts";

/** A crash loop of one fleet: how often in a row, when launching is allowed again, and whether the last was never ready. */
export type CrashLoop = { readonly crashes: number; readonly notBeforeMs: number; readonly failedStart: boolean };

/** A fleet that has not crashed for so long, in ms, is calm: a build is rolled out no further before. */
export const CALM_MS = 30_000;

export type FleetState = {
  /** Undefined before the first fact. */
  readonly journalId: string | undefined;
  /** Facts so far: the position in the feed. */
  readonly position: number;
  readonly processes: ReadonlyMap<ProcessId, ServerProcess>;
  /** Those that have not ended, oldest first. */
  readonly livingProcesses: ReadonlyMap<ProcessId, ServerProcess>;
  /** The same by fleet, with those that have room. */
  readonly processIndex: ProcessIndex;
  /** As set at run time, by name. */
  readonly aliases: ReadonlyMap<string, AliasTarget>;
  /** By fleet. */
  readonly controls: ReadonlyMap<string, FleetControl>;
  /** Of what is shown of a state to one project: the state. Absent: this is all there is. For ids that are taken, and nothing else. */
  readonly whole?: Pick<FleetState, "placements" | "sessions">;
  /** Beside the default one, whoever has placed anything. */
  readonly projects: ReadonlySet<string>;
  readonly placements: ReadonlyMap<PlacementId, Placement>;
  /** Oldest first. */
  readonly pendingPlacements: ReadonlyMap<PlacementId, Placement>;
  readonly sessions: ReadonlyMap<ServerSessionId, ServerSession>;
  /** The pending ones that no session is being made for, oldest first. */
  readonly waitingPlacements: ReadonlySet<PlacementId>;
  /** Where every remembered seat belongs, ended ones included. */
  readonly sessionBySeat: ReadonlyMap<PlayerSessionId, ServerSessionId>;
  /** By "fill <id>" and "update <id>". */
  readonly sessionByRequest: ReadonlyMap<string, ServerSessionId>;
  /** Results of the last commands of processes that have not ended. */
  readonly answeredCommands: ReadonlyMap<ProcessId, CommandMemory>;
  /** Who had which remembered sessions created when. */
  readonly creations: Creations;
  readonly crashLoops: ReadonlyMap<string, CrashLoop>;
  /** By fleet: the port after the last one assigned, so that a late client never meets another process at once. */
  readonly nextPorts: ReadonlyMap<string, number>;
  /** Erasures of players whose records the journal may still hold, each with what finds these. */
  readonly erasures: ReadonlyMap<ErasureId, string>;
  /** Deadlines: hints of when to look. */
  readonly agenda: Agenda<Deadline>;
  /** What is over and still remembered, by when it ended. */
  readonly ended: Agenda<Ended>;
};

/** The state as evolve.ts sees it. */
export type FleetFold = {
  journalId: string | undefined;
  position: number;
  readonly processes: Map<ProcessId, ServerProcess>;
  readonly livingProcesses: Map<ProcessId, ServerProcess>;
  readonly processIndex: ProcessIndexFold;
  readonly aliases: Map<string, AliasTarget>;
  readonly controls: Map<string, FleetControl>;
  readonly projects: Set<string>;
  readonly placements: Map<PlacementId, Placement>;
  readonly pendingPlacements: Map<PlacementId, Placement>;
  waitingPlacements: Set<PlacementId>;
  readonly sessions: Map<ServerSessionId, SessionFold>;
  readonly sessionBySeat: Map<PlayerSessionId, ServerSessionId>;
  readonly sessionByRequest: Map<string, ServerSessionId>;
  readonly answeredCommands: Map<ProcessId, CommandFold>;
  readonly creations: CreationsFold;
  readonly crashLoops: Map<string, CrashLoop>;
  readonly nextPorts: Map<string, number>;
  readonly erasures: Map<ErasureId, string>;
  readonly agenda: Agenda<Deadline>;
  readonly ended: Agenda<Ended>;
  /** How often the state was captured for a snapshot. */
  captures: number;
};

export function createFleetState(): FleetFold {
  return {
    journalId: undefined,
    position: 0,
    processes: new Map(),
    livingProcesses: new Map(),
    processIndex: createProcessIndex(),
    aliases: new Map(),
    controls: new Map(),
    projects: new Set(),
    placements: new Map(),
    pendingPlacements: new Map(),
    waitingPlacements: new Set(),
    sessions: new Map(),
    sessionBySeat: new Map(),
    sessionByRequest: new Map(),
    answeredCommands: new Map(),
    creations: new Map(),
    crashLoops: new Map(),
    nextPorts: new Map(),
    erasures: new Map(),
    agenda: createAgenda(deadlineId),
    ended: createAgenda(endedId),
    captures: 0,
  };
}
