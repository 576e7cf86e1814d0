// For every package of ours, and through the SDK for users.
export { type Attributes, type AttributeValue, parseAttributes } from "./attributes.ts";
export { encodeMessage } from "./encode-message.ts";
export {
  type BackfillId,
  type ErasureId,
  type FillId,
  fingerprint,
  type JoinKeyId,
  type MatchId,
  newId,
  type PartyId,
  type PlacementId,
  type PlayerId,
  type PlayerSessionId,
  type ProcessId,
  parseId,
  parsePlayerId,
  placementIdOf,
  type ServerSessionId,
  type TicketId,
} from "./ids.ts";
export * as limits from "./limits.ts";
export { isLocalAddress } from "./loopback.ts";
export { fieldInvalid, MusterError, type MusterErrorMetadata, readReason, toMusterError } from "./muster-error.ts";
export { parsePlayerData } from "./player-data.ts";
export { type GrpcCode, isReason, type Reason, reasons } from "./reasons.ts";
export { applySessionChange } from "./session/apply-session-change.ts";
export type {
  Address,
  Backfill,
  BackfillCause,
  BackfillState,
  BackfillStrategy,
  BattleSession,
  ChangeReason,
  CreationPolicy,
  CustomData,
  PlayerSession,
  PlayerSessionState,
  ProtectionPolicy,
  RemovedPlayer,
  SeatEndCause,
  SessionChange,
  SessionEndCause,
  SessionState,
  Team,
  TeamProgress,
} from "./session/battle-session.ts";
export {
  readBackfill,
  readBattleSession,
  readPlayerSession,
  readSessionChange,
  readWord,
  writeAttributes,
  writeBackfill,
  writeBattleSession,
  writePlayerSession,
  writeSessionChange,
} from "./session/session-wire.ts";
export { type EnumTable, type EnumWord, readEnum, writeEnum } from "./wire-enum.ts";
export { readTimeMs } from "./wire-time.ts";
