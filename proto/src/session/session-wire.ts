// Battle sessions and their parts: plain values ↔ messages. Every package that speaks of sessions passes through here.
import * as wire from "../../gen/muster/session/v1/session.ts";
import { type Attributes, parseAttributes } from "../attributes.ts";
import type { BackfillId, MatchId, PlayerId, PlayerSessionId, ProcessId, ServerSessionId, TicketId } from "../ids.ts";
import { fieldInvalid } from "../muster-error.ts";
import { type EnumTable, type EnumWord, readEnum, writeEnum } from "../wire-enum.ts";
import { readTimeMs } from "../wire-time.ts";
import type { Backfill, BattleSession, PlayerSession, SessionChange } from "./battle-session.ts";

export function writeBattleSession(session: BattleSession): wire.BattleSession {
  return {
    battleSessionId: session.battleSessionId,
    revision: session.revision,
    rosterVersion: session.rosterVersion,
    state: writeEnum(wire.SessionState, session.state),
    teams: session.teams.map((team) => ({ ...team })),
    capacity: session.capacity,
    playerSessions: session.playerSessions.map(writePlayerSession),
    properties: { ...session.properties },
    data: session.data,
    creationPolicy: writeEnum(wire.CreationPolicy, session.creationPolicy),
    backfill: session.backfill && writeBackfill(session.backfill),
    matchId: session.matchId ?? "",
    configuration: session.configuration ?? "",
    address: session.address && { host: session.address.host, ports: { ...session.address.ports } },
    processId: session.processId,
    incarnation: session.incarnation,
    fleet: session.fleet,
    region: session.region,
    createdAt: new Date(session.createdAtMs),
    unreachable: session.unreachable,
    endCause: writeEnum(wire.SessionEndCause, session.endCause),
    customData: session.customData && { ...session.customData },
    name: session.name ?? "",
    creatorId: session.creatorId ?? "",
    protection: writeEnum(wire.ProtectionPolicy, session.protection),
  };
}

/** @throws {MusterError} FIELD_INVALID if a peer sent a state that this build does not know. */
export function readBattleSession(message: wire.BattleSession): BattleSession {
  return {
    battleSessionId: message.battleSessionId as ServerSessionId,
    revision: message.revision,
    rosterVersion: message.rosterVersion,
    state: readWord("session.state", wire.SessionState, message.state),
    teams: message.teams,
    capacity: message.capacity,
    playerSessions: message.playerSessions.map(readPlayerSession),
    properties: message.properties,
    data: message.data,
    creationPolicy: readEnum(wire.CreationPolicy, message.creationPolicy) ?? "ACCEPT_ALL",
    backfill: message.backfill && readBackfill(message.backfill),
    matchId: (message.matchId || undefined) as MatchId | undefined,
    configuration: message.configuration || undefined,
    address: message.address,
    processId: message.processId as ProcessId,
    incarnation: message.incarnation,
    fleet: message.fleet,
    region: message.region,
    createdAtMs: readTimeMs("session.created_at", message.createdAt) ?? 0,
    unreachable: message.unreachable,
    endCause: readEnum(wire.SessionEndCause, message.endCause),
    customData: message.customData,
    name: message.name || undefined,
    creatorId: message.creatorId || undefined,
    protection: readEnum(wire.ProtectionPolicy, message.protection),
  };
}

export function writePlayerSession(seat: PlayerSession): wire.PlayerSession {
  return {
    playerSessionId: seat.playerSessionId,
    playerId: seat.playerId,
    team: seat.team ?? "",
    ticketId: seat.ticketId ?? "",
    state: writeEnum(wire.PlayerSessionState, seat.state),
    attributes: writeAttributes(seat.attributes),
    expiresAt: seat.expiresAtMs === undefined ? undefined : new Date(seat.expiresAtMs),
    traceparent: seat.traceparent ?? "",
    data: seat.data,
  };
}

export function readPlayerSession(message: wire.PlayerSession): PlayerSession {
  return {
    playerSessionId: message.playerSessionId as PlayerSessionId,
    playerId: message.playerId as PlayerId,
    team: message.team || undefined,
    ticketId: (message.ticketId || undefined) as TicketId | undefined,
    state: readWord("player_session.state", wire.PlayerSessionState, message.state),
    attributes: parseAttributes("player_session.attributes", message.attributes),
    expiresAtMs: readTimeMs("player_session.expires_at", message.expiresAt),
    traceparent: message.traceparent || undefined,
    data: message.data,
  };
}

export function writeBackfill(backfill: Backfill): wire.Backfill {
  return {
    backfillId: backfill.backfillId,
    state: writeEnum(wire.BackfillState, backfill.state),
    strategy: writeEnum(wire.BackfillStrategy, backfill.strategy),
    addPlayers: { ...backfill.addPlayers },
    progress: backfill.progress.map((team) => ({ ...team })),
    cause: writeEnum(wire.BackfillCause, backfill.cause),
    noLegalFill: backfill.noLegalFill,
  };
}

export function readBackfill(message: wire.Backfill): Backfill {
  return {
    backfillId: message.backfillId as BackfillId,
    state: readWord("backfill.state", wire.BackfillState, message.state),
    strategy: readWord("backfill.strategy", wire.BackfillStrategy, message.strategy),
    addPlayers: message.addPlayers,
    progress: message.progress,
    cause: readEnum(wire.BackfillCause, message.cause),
    noLegalFill: message.noLegalFill,
  };
}

export function writeSessionChange(change: SessionChange): wire.SessionChange {
  return {
    battleSessionId: change.battleSessionId,
    revision: change.revision,
    rosterVersion: change.rosterVersion,
    reason: writeEnum(wire.ChangeReason, change.reason),
    added: change.added.map(writePlayerSession),
    updated: change.updated.map(writePlayerSession),
    removed: change.removed.map((seat) => ({
      playerSessionId: seat.playerSessionId,
      playerId: seat.playerId,
      team: seat.team ?? "",
      ticketId: seat.ticketId ?? "",
      cause: writeEnum(wire.SeatEndCause, seat.cause),
    })),
    backfill: change.backfill && writeBackfill(change.backfill),
    state: change.state && writeEnum(wire.SessionState, change.state),
    creationPolicy: change.creationPolicy && writeEnum(wire.CreationPolicy, change.creationPolicy),
    address: change.address && { host: change.address.host, ports: { ...change.address.ports } },
    unreachable: change.unreachable,
    endCause: change.endCause && writeEnum(wire.SessionEndCause, change.endCause),
    customData: change.customData && { ...change.customData },
    capacity: change.capacity,
    name: change.name,
    protection: change.protection && writeEnum(wire.ProtectionPolicy, change.protection),
  };
}

export function readSessionChange(message: wire.SessionChange): SessionChange {
  return {
    battleSessionId: message.battleSessionId as ServerSessionId,
    revision: message.revision,
    rosterVersion: message.rosterVersion,
    reason: readWord("session_change.reason", wire.ChangeReason, message.reason),
    added: message.added.map(readPlayerSession),
    updated: message.updated.map(readPlayerSession),
    removed: message.removed.map((seat) => ({
      playerSessionId: seat.playerSessionId as PlayerSessionId,
      playerId: seat.playerId as PlayerId,
      team: seat.team || undefined,
      ticketId: (seat.ticketId || undefined) as TicketId | undefined,
      cause: readWord("removed_player.cause", wire.SeatEndCause, seat.cause),
    })),
    backfill: message.backfill && readBackfill(message.backfill),
    state: message.state === undefined ? undefined : readEnum(wire.SessionState, message.state),
    creationPolicy:
      message.creationPolicy === undefined ? undefined : readEnum(wire.CreationPolicy, message.creationPolicy),
    address: message.address,
    unreachable: message.unreachable,
    endCause: message.endCause === undefined ? undefined : readEnum(wire.SessionEndCause, message.endCause),
    customData: message.customData,
    capacity: message.capacity,
    name: message.name,
    protection: message.protection === undefined ? undefined : readEnum(wire.ProtectionPolicy, message.protection),
  };
}

/** Attributes as the generated messages hold them. */
export function writeAttributes(attributes: Attributes): Record<string, unknown> {
  return { ...attributes };
}

/** @throws {MusterError} FIELD_INVALID for UNSPECIFIED and for words of newer peers. */
export function readWord<Table extends EnumTable>(field: string, table: Table, value: number): EnumWord<Table> {
  const word = readEnum(table, value);
  if (word === undefined) throw fieldInvalid(field, `one of ${Object.keys(table).slice(1).join(", ")}`, value);
  return word;
}
