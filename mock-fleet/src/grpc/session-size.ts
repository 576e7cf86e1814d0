// A session that did not fit into one message could be told to nobody: not to its host, not to its watchers, whose streams
// would break at it again and again. So nothing is taken that would make one.
import {
  type BattleSession,
  fieldInvalid,
  limits,
  type PlayerSession,
  type PlayerSessionId,
  type ProcessId,
  parseId,
  type ServerSessionId,
  writeBattleSession,
} from "@muster/proto";
import * as wire from "@muster/proto/session";
import type { PlacementRequest, PlayerToSeat } from "../core/placement.ts";

/** Bytes of a session with all its seats: a message, less what travels beside the session in any of them. */
export const SESSION_BYTES_MAX = limits.MESSAGE_BYTES_MAX - 16 * 1024;

/** @throws {MusterError} FIELD_INVALID, naming the field that makes the session too large for a message. */
export function checkFits(field: string, battle: BattleSession): void {
  const bytes = wire.BattleSession.encode(writeBattleSession(battle)).finish().length;
  if (bytes <= SESSION_BYTES_MAX) return;
  throw fieldInvalid(field, `such that the session has at most ${SESSION_BYTES_MAX} bytes`, `${bytes} bytes`);
}

/** The same of the session that the placement will be given. @throws {MusterError} FIELD_INVALID */
export function checkPlacementFits(request: PlacementRequest): void {
  checkFits("players", {
    ...UNPLACED,
    teams: request.teams,
    capacity: request.capacity,
    playerSessions: request.players.map(seatOf),
    properties: request.properties,
    data: request.data,
    backfill: request.backfill,
    matchId: request.matchId,
    configuration: request.configuration,
  });
}

/** As long as the longest of each. */
const ID = "x".repeat(32);
const NAME = "x".repeat(128);
const UNPLACED = {
  battleSessionId: parseId<ServerSessionId>("battle_session_id", ID),
  revision: Number.MAX_SAFE_INTEGER,
  rosterVersion: Number.MAX_SAFE_INTEGER,
  state: "ACTIVE",
  creationPolicy: "ACCEPT_ALL",
  address: undefined,
  processId: parseId<ProcessId>("process_id", ID),
  incarnation: Number.MAX_SAFE_INTEGER,
  fleet: NAME,
  region: NAME,
  createdAtMs: 0,
  unreachable: true,
  endCause: "TERMINATED",
} as const;

function seatOf({ playerId, team, ticketId, attributes }: PlayerToSeat): PlayerSession {
  const playerSessionId = parseId<PlayerSessionId>("player_session_id", ID);
  return {
    playerSessionId,
    playerId,
    team,
    ticketId,
    state: "RESERVED",
    attributes,
    expiresAtMs: 8_640_000_000_000_000,
  };
}
