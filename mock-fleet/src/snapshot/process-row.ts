// A process, and what it is remembered to have been answered, as messages of a snapshot.
import {
  encodeMessage,
  type ProcessId,
  readPlayerSession,
  readWord,
  type ServerSessionId,
  writeEnum,
  writePlayerSession,
} from "@muster/proto";
import { ProcessState } from "@muster/proto/fleet";
import * as wire from "@muster/proto/journal-fleet";
import type { AnsweredCommand, CommandFold, CommandMemory } from "../core/host-command.ts";
import type { ProcessStatus, ServerProcess } from "../core/process.ts";

export function writeProcess(process: ServerProcess): Uint8Array {
  const { status } = process;
  return encodeMessage(wire.SnapshotProcess, {
    processId: process.processId,
    fleet: process.fleet,
    region: process.region,
    build: process.build,
    launch: process.launch,
    hostNumber: process.hostNumber,
    draining: process.draining && { reason: process.draining.reason, endByMs: process.draining.endByMs ?? 0 },
    incarnation: process.incarnation,
    secret: process.secret,
    address: { host: process.address.host, ports: { ...process.address.ports } },
    startedAtMs: process.startedAtMs,
    startedAtWallMs: process.startedAtWallMs,
    state: writeEnum(ProcessState, status.phase),
    readyByMs: status.phase === "STARTING" ? (status.readyByMs ?? 0) : 0,
    concurrentSessions: status.phase === "READY" ? status.concurrentSessions : 0,
    reason: status.phase === "TERMINATING" || status.phase === "ENDED" ? status.reason : "",
    deadlineMs: status.phase === "TERMINATING" ? status.deadlineMs : 0,
    endedAtMs: status.phase === "ENDED" ? status.endedAtMs : 0,
    attachGeneration: process.attachGeneration,
    pid: process.pid ?? 0,
    unreachableSinceMs: process.unreachableSinceMs,
    sessionIds: [...process.sessionIds],
    roomSince: process.roomSince,
  });
}

// The casts of this folder give ids of our own snapshot their brand back: they were parsed before they were written.
export function readProcess(bytes: Uint8Array): ServerProcess {
  const message = wire.SnapshotProcess.decode(bytes);
  return {
    processId: message.processId as ProcessId,
    fleet: message.fleet,
    region: message.region,
    build: message.build,
    launch: message.launch,
    hostNumber: message.hostNumber,
    draining: message.draining && {
      reason: message.draining.reason,
      endByMs: message.draining.endByMs || undefined,
    },
    incarnation: message.incarnation,
    secret: message.secret,
    address: message.address ?? { host: "", ports: {} },
    startedAtMs: message.startedAtMs,
    startedAtWallMs: message.startedAtWallMs,
    status: readStatus(message),
    attachGeneration: message.attachGeneration,
    pid: message.pid || undefined,
    unreachableSinceMs: message.unreachableSinceMs,
    sessionIds: new Set(message.sessionIds as ServerSessionId[]),
    roomSince: message.roomSince,
  };
}

function readStatus(message: wire.SnapshotProcess): ProcessStatus {
  const { concurrentSessions, reason, deadlineMs, endedAtMs } = message;
  const phase = readWord("state", ProcessState, message.state);
  switch (phase) {
    case "STARTING":
      return { phase, readyByMs: message.readyByMs || undefined };
    case "READY":
      return { phase, concurrentSessions };
    case "TERMINATING":
      return { phase, reason, deadlineMs };
    case "ENDED":
      return { phase, reason, endedAtMs };
  }
}

const NOTHING = new Uint8Array(0);

/** Empty for a process that no command of is remembered. */
export function writeCommands(memory: CommandMemory | undefined): Uint8Array {
  if (!memory) return NOTHING;
  if (memory instanceof StoredCommands) return memory.row;
  const commands = Array.from(memory.results, ([commandId, { bodyDigest, result }]) => ({
    commandId,
    bodyDigest,
    battleSessionId: result.acceptedSeat?.sessionId ?? "",
    playerSession: result.acceptedSeat && writePlayerSession(result.acceptedSeat.playerSession),
    reconnectSecret: result.acceptedSeat?.reconnectSecret ?? "",
    seatExpiresAtMs: result.seatExpiresAtMs ?? 0,
  }));
  return encodeMessage(wire.SnapshotCommands, { commands });
}

/** Decoded once somebody asks. */
export class StoredCommands implements CommandFold {
  readonly row: Uint8Array;
  /** Before every capture: its row is not what it becomes. */
  readonly ownedSince = -1;
  #results: Map<string, AnsweredCommand> | undefined;

  constructor(row: Uint8Array) {
    this.row = row;
  }

  get results(): Map<string, AnsweredCommand> {
    this.#results ??= readCommands(this.row);
    return this.#results;
  }
}

function readCommands(row: Uint8Array): Map<string, AnsweredCommand> {
  const { commands } = wire.SnapshotCommands.decode(row);
  return new Map(
    commands.map(({ commandId, bodyDigest, battleSessionId, playerSession, reconnectSecret, seatExpiresAtMs }) => {
      const acceptedSeat = playerSession && {
        sessionId: battleSessionId as ServerSessionId,
        playerSession: readPlayerSession(playerSession),
        reconnectSecret,
      };
      return [commandId, { bodyDigest, result: { acceptedSeat, seatExpiresAtMs: seatExpiresAtMs || undefined } }];
    }),
  );
}
