// For every package of ours, and through the SDK for users.
export { type Attributes, type AttributeValue, parseAttributes } from "./attributes.ts";
export {
  type BackfillId,
  type FillId,
  fingerprint,
  type MatchId,
  newId,
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
export { fieldInvalid, MusterError, type MusterErrorMetadata, readReason, toMusterError } from "./muster-error.ts";
export { type GrpcCode, isReason, type Reason, reasons } from "./reasons.ts";
