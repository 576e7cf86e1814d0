// The layout of the fleet's snapshots: columns of what a restart needs at once, to fill its maps and to set its deadlines, and
// beside them one message for the rest of each thing, which nobody decodes before somebody asks for it.
import type { ColumnSchema } from "@muster/journal";

/**
 * Raised with every change that an older build would misread or a newer one could not read; a field that is added to a message
 * of fleet_snapshot.proto is none.
 */
export const FLEET_SNAPSHOT_FORMAT = 1;

/** For a time that a row does not have. Journal time is never below 0. */
export const NO_TIME_MS = -1;

/** Rows in the order of the fleet's maps; times in ms of journal time. */
export const FLEET_COLUMNS = {
  /** SnapshotFleet, one row. */
  fleet: "blob",

  /** SnapshotProcess. */
  process: "blob",
  /** SnapshotCommands; empty for a process that none are remembered of. */
  processCommands: "blob",

  placementId: "string",
  /** Of its last attempt; empty for none. */
  placementSessionId: "string",
  /** 1: no session is being made for it, although it is PENDING. */
  placementWaits: "u8",
  placementExpiresMs: "f64",
  /** NO_TIME_MS: it is PENDING. */
  placementEndedMs: "f64",
  /** SnapshotPlacement. */
  placement: "blob",

  sessionId: "string",
  sessionPlacementId: "string",
  sessionActivateByMs: "f64",
  sessionCloseByMs: "f64",
  /** 1: it has not been activated. */
  sessionIsActivating: "u8",
  sessionUnreachableSinceMs: "f64",
  /** NO_TIME_MS: it lives. */
  sessionEndedMs: "f64",
  sessionSeatsAddedAtVersion: "f64",
  /** muster.session.v1.BattleSession. */
  sessionBattle: "blob",
  /** SnapshotSessionMemory. */
  sessionMemory: "blob",
  /** How many rows of the columns of seats, and of those of requests, are the session's. */
  sessionSeats: "u32",
  sessionRequests: "u32",

  /** Remembered seats, session by session. */
  seatId: "string",
  /** NO_TIME_MS: it does not expire, or has ended. */
  seatExpiresMs: "f64",

  /** Ids of answered fills and updates, session by session. */
  requestId: "string",
} as const satisfies ColumnSchema;
