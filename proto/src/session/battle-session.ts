// A battle session as fleet, matcher, sidecar and SDK all see it, in plain values. What each field means stands in
// proto/muster/session/v1/session.proto; here absent is `undefined`, states are words, times are wall-clock ms since 1970.
import type * as wire from "../../gen/muster/session/v1/session.ts";
import type { Attributes } from "../attributes.ts";
import type { BackfillId, MatchId, PlayerId, PlayerSessionId, ProcessId, ServerSessionId, TicketId } from "../ids.ts";
import type { EnumWord } from "../wire-enum.ts";

export type SessionState = EnumWord<typeof wire.SessionState>;
export type SessionEndCause = EnumWord<typeof wire.SessionEndCause>;
export type PlayerSessionState = EnumWord<typeof wire.PlayerSessionState>;
export type SeatEndCause = EnumWord<typeof wire.SeatEndCause>;
export type CreationPolicy = EnumWord<typeof wire.CreationPolicy>;
export type ProtectionPolicy = EnumWord<typeof wire.ProtectionPolicy>;
export type ChangeReason = EnumWord<typeof wire.ChangeReason>;
export type BackfillState = EnumWord<typeof wire.BackfillState>;
export type BackfillStrategy = EnumWord<typeof wire.BackfillStrategy>;
export type BackfillCause = EnumWord<typeof wire.BackfillCause>;

export type Team = { readonly name: string; readonly template: string; readonly capacity: number };

export type PlayerSession = {
  readonly playerSessionId: PlayerSessionId;
  readonly playerId: PlayerId;
  /** Undefined in a session without teams. */
  readonly team: string | undefined;
  readonly ticketId: TicketId | undefined;
  readonly state: PlayerSessionState;
  readonly attributes: Attributes;
  readonly expiresAtMs: number | undefined;
  /** Undefined except on what sidecars and games are told. */
  readonly traceparent?: string | undefined;
  /** For the game server, from whoever brought the player. Undefined: nothing. */
  readonly data?: string | undefined;
};

export type RemovedPlayer = {
  readonly playerSessionId: PlayerSessionId;
  readonly playerId: PlayerId;
  readonly team: string | undefined;
  readonly ticketId: TicketId | undefined;
  readonly cause: SeatEndCause;
};

export type TeamProgress = {
  readonly team: string;
  readonly have: number;
  readonly reserved: number;
  readonly goal: number;
};

export type Backfill = {
  readonly backfillId: BackfillId;
  readonly state: BackfillState;
  readonly strategy: BackfillStrategy;
  /** Empty for MAX_POSSIBLE. */
  readonly addPlayers: Readonly<Record<string, number>>;
  readonly progress: readonly TeamProgress[];
  readonly cause: BackfillCause | undefined;
  readonly noLegalFill: boolean;
};

export type Address = { readonly host: string; readonly ports: Readonly<Record<string, number>> };

/** Two numbers of the game's own meaning. */
export type CustomData = { readonly currentCount: number; readonly maxCount: number };

export type BattleSession = {
  readonly battleSessionId: ServerSessionId;
  readonly revision: number;
  readonly rosterVersion: number;
  readonly state: SessionState;
  readonly teams: readonly Team[];
  readonly capacity: number;
  /** Seats in use only: RESERVED, ACTIVE, DISCONNECTED. */
  readonly playerSessions: readonly PlayerSession[];
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
  readonly creationPolicy: CreationPolicy;
  readonly backfill: Backfill | undefined;
  readonly matchId: MatchId | undefined;
  readonly configuration: string | undefined;
  readonly address: Address | undefined;
  readonly processId: ProcessId;
  readonly incarnation: number;
  readonly fleet: string;
  readonly region: string;
  readonly createdAtMs: number;
  readonly unreachable: boolean;
  readonly endCause: SessionEndCause | undefined;
  readonly customData?: CustomData | undefined;
  readonly name?: string | undefined;
  readonly creatorId?: string | undefined;
  /** Undefined: as its fleet's configuration says. */
  readonly protection?: ProtectionPolicy | undefined;
};

export type SessionChange = {
  readonly battleSessionId: ServerSessionId;
  readonly revision: number;
  readonly rosterVersion: number;
  readonly reason: ChangeReason;
  readonly added: readonly PlayerSession[];
  readonly updated: readonly PlayerSession[];
  readonly removed: readonly RemovedPlayer[];
  readonly backfill?: Backfill | undefined;
  readonly state?: SessionState | undefined;
  readonly creationPolicy?: CreationPolicy | undefined;
  readonly address?: Address | undefined;
  readonly unreachable?: boolean | undefined;
  readonly endCause?: SessionEndCause | undefined;
  readonly customData?: CustomData | undefined;
  readonly capacity?: number | undefined;
  /** Empty: it has none any more. */
  readonly name?: string | undefined;
  readonly protection?: ProtectionPolicy | undefined;
};
