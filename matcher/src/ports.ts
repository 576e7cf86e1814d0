// What the matcher asks of the fleet, in its own words. The adapter for muster.fleet.v1 is fleet/rpc-fleet.ts.
import type {
  Attributes,
  Backfill,
  BattleSession,
  FillId,
  PlacementId,
  PlayerId,
  ServerSessionId,
  SessionChange,
  TicketId,
} from "@muster/proto";
import type { Match } from "./core/match.ts";
import type { PlacementReport } from "./core/session-view.ts";

export type PlayerToSeat = {
  readonly playerId: PlayerId;
  readonly team: string;
  readonly ticketId: TicketId;
  readonly attributes: Attributes;
  readonly latenciesMs: Readonly<Record<string, number>>;
  /** For the game server. Undefined: none. */
  readonly data: string | undefined;
};

export type PlacementRequest = {
  readonly placementId: PlacementId;
  readonly match: Match;
  readonly players: readonly PlayerToSeat[];
  /** That the session is born with. */
  readonly backfill: Backfill | undefined;
};

export type FillRequest = {
  readonly fillId: FillId;
  readonly battleSessionId: ServerSessionId;
  readonly expectedRosterVersion: number;
  readonly newcomers: readonly PlayerToSeat[];
  /** As it stands after the fill. */
  readonly backfill: Backfill;
  readonly toleratesLeavers: boolean;
  /** How long the game has to approve of it. Undefined: it is not asked. */
  readonly approvalTimeoutMs: number | undefined;
};

export type BackfillUpdate = {
  readonly updateId: string;
  readonly battleSessionId: ServerSessionId;
  readonly backfill: Backfill;
};

export type FeedMessage = { readonly resumeToken: string } & (
  | { readonly type: "snapshot-begin" | "snapshot-end" | "heartbeat" }
  | { readonly type: "session"; readonly session: BattleSession }
  | { readonly type: "session-change"; readonly change: SessionChange }
  | { readonly type: "placement"; readonly report: PlacementReport }
  /** As the session stands that was told before. */
  | {
      readonly type: "placement-fulfilled";
      readonly placementId: PlacementId;
      readonly battleSessionId: ServerSessionId;
    }
);

/** Every call rejects with a `MusterError`. What changes something is safe to repeat with the same id. */
export interface Fleet extends AsyncDisposable {
  /** Answers with the placement as it stands: a repeat of one that has ended tells its outcome. */
  startPlacement(request: PlacementRequest, signal: AbortSignal): Promise<PlacementReport>;
  describePlacement(placementId: PlacementId, signal: AbortSignal): Promise<PlacementReport>;
  /** Answers with the session after the fill. `known`: as it was seen last, so that what has changed of it is answer enough. */
  applyFill(request: FillRequest, known: BattleSession | undefined, signal: AbortSignal): Promise<BattleSession>;
  updateBackfill(update: BackfillUpdate, signal: AbortSignal): Promise<void>;
  /**
   * Takes on a session that no matcher asked for: the feed tells of it from now on. Answers with it as it stands, and with the secret
   * that counts: the first that this matcher gave.
   */
  adoptSession(
    adoption: {
      readonly battleSessionId: ServerSessionId;
      readonly endpoint: string;
      readonly capabilityKey: Uint8Array;
    },
    signal: AbortSignal,
  ): Promise<{ readonly session: BattleSession; readonly capabilityKey: Uint8Array }>;
  /** The session, living or remembered; undefined if the fleet knows none of the id. */
  findSession(battleSessionId: ServerSessionId, signal: AbortSignal): Promise<BattleSession | undefined>;
  /** Everything that is ours, from `resumeToken` on; with "" a snapshot first. */
  watchSessions(resumeToken: string, signal: AbortSignal): AsyncIterable<FeedMessage>;
}
