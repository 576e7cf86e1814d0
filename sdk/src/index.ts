// For game servers.
export {
  type Address,
  type Attributes,
  type AttributeValue,
  type Backfill,
  type BackfillCause,
  type BackfillState,
  type BackfillStrategy,
  type ChangeReason,
  type CreationPolicy,
  type CustomData,
  MusterError,
  type PlayerSessionState,
  type Reason,
  type SeatEndCause,
  type SessionEndCause,
  type SessionState,
  type Team,
  type TeamProgress,
} from "@muster/proto";
export type { BattleSession } from "./battle-session.ts";
export type { ErrorContext, ErrorHandler } from "./callbacks.ts";
// For test kits and engine bindings. May change in a minor version.
export { type ConnectOptions, type ConnectWithOptions, connect, connectWith } from "./connect.ts";
export type { UpdateReason } from "./core/fold-news.ts";
export { gameEnvironment } from "./environment.ts";
export type { ApproveFillHandler, Newcomer, ProposedNewcomers } from "./fill-approval.ts";
export type { HealthHandler } from "./health.ts";
export type { Player } from "./player.ts";
export type { BattleSessionUpdate, StartHandler, StartOptions, UpdateHandler } from "./sessions.ts";
export type { AcceptedPlayer, AcceptOptions, ConnectionChange, PlayerSeat, Sidecar } from "./sidecar.ts";
export type { BackfillRequest, ReadyOptions, SeatSelection, Waiting } from "./sidecar-calls.ts";
export type { TerminateHandler, TerminateNotice } from "./termination.ts";
export type { AnyGame, Game, GameTypes, GameValidators, Validator } from "./validators.ts";
