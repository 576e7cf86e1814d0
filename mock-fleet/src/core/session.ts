// One server session: its document, what the fleet remembers beside it, and how each of its changes is numbered.
import type {
  Backfill,
  BattleSession,
  ChangeReason,
  PlacementId,
  PlayerId,
  PlayerSession,
  PlayerSessionId,
  Reason,
  RemovedPlayer,
  SeatEndCause,
  SessionChange,
  SessionEndCause,
  TicketId,
} from "@muster/proto";
import type { Moment } from "./decision.ts";
import type { SessionChanged } from "./fleet-fact.ts";
import type { Placement } from "./placement.ts";
import { endsByMs } from "./protection.ts";

/** Changes of a session that are kept for sidecars that were away. Further back they get the whole session. */
export const CHANGES_KEPT_MAX = 256;
/** Fills and updates that a session remembers by id. An older fill that is repeated meets a newer roster, and is refused. */
export const REQUESTS_KEPT_MAX = 256;
/** Ended seats that a session remembers. An older id is one that nobody knows. */
export const ENDED_SEATS_KEPT_MAX = 10_000;

/** What is remembered of a seat beside its place in the document, also after it has ended. */
export type SeatMemory = {
  /** Ids of the accepts that were granted, oldest first. */
  readonly acceptIds: readonly string[];
  /** Undefined until the first accept. */
  readonly reconnectSecret: string | undefined;
  /** Undefined while the seat is in use. */
  readonly endCause: SeatEndCause | undefined;
  /** Empty for a player who was erased, and where an older build remembered the seat. */
  readonly playerId: PlayerId;
  readonly team: string | undefined;
  readonly ticketId: TicketId | undefined;
  /** When it was reserved. 0 where an older build remembered the seat. */
  readonly createdAtMs: number;
  /** Undefined while the seat is in use. */
  readonly endedAtMs: number | undefined;
};

/** An answered fill or update. */
export type AnsweredRequest = {
  readonly bodyDigest: string;
  /** Of the change that it made, or of the session that it was refused for. */
  readonly revision: number;
  /** The session after a fill. Undefined for an update, and for a fill that was refused. */
  readonly filled: BattleSession | undefined;
  /** Why a fill was refused. */
  readonly refusal: Refusal | undefined;
};

/** What a caller was refused with, as it is remembered. */
export type Refusal = {
  readonly reason: Reason;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
};

/** Written by evolve.ts alone; `battle` and its parts are never written, only replaced. */
export type ServerSession = {
  /** With deadlines of seats in journal time. */
  readonly battle: BattleSession;
  readonly placementId: PlacementId;
  readonly activateByMs: number;
  /** TERMINATING: when it is closed even if the game does not end it. */
  readonly closeByMs: number | undefined;
  /**
   * The roster version at which seats were last added, or the session was last closed or opened to players: a fill that was
   * judged before comes too late for ever. It may have been refused meanwhile, and its tickets be in another battle.
   */
  readonly seatsAddedAtVersion: number;
  /** The last changes, consecutive, up to the present revision. */
  readonly changes: readonly SessionChange[];
  readonly seats: ReadonlyMap<PlayerSessionId, SeatMemory>;
  readonly requests: ReadonlyMap<string, AnsweredRequest>;
  /** When the host fell silent. */
  readonly unreachableSinceMs: number | undefined;
  /** Undefined while it lives. */
  readonly endedAtMs: number | undefined;
};

/** The session as evolve.ts writes it. */
export type SessionFold = Omit<ServerSession, "changes" | "seats" | "requests"> & {
  readonly changes: SessionChange[];
  readonly seats: Map<PlayerSessionId, SeatMemory>;
  readonly requests: Map<string, AnsweredRequest>;
  /** The capture since which these three are its own: they are copied before a change if there was another since. */
  readonly ownedSince: number;
  /** Whether the memories may name the player, from whom can tell without reading them. */
  readonly mayName?: (playerId: PlayerId) => boolean;
};

/**
 * The session with memories that may be written: what the last of `captures` shares with a snapshot, which may still be
 * written from it, is copied.
 */
export function ownSession(session: SessionFold, captures: number): SessionFold {
  if (session.ownedSince === captures) return session;
  const { battle, placementId, activateByMs, closeByMs, seatsAddedAtVersion, unreachableSinceMs, endedAtMs } = session;
  return {
    ...{ battle, placementId, activateByMs, closeByMs, seatsAddedAtVersion, unreachableSinceMs, endedAtMs },
    changes: [...session.changes],
    seats: new Map(session.seats),
    requests: new Map(session.requests),
    ownedSince: captures,
  };
}

export type ChangeParts = Partial<
  Pick<
    SessionChange,
    | "added"
    | "updated"
    | "removed"
    | "backfill"
    | "state"
    | "creationPolicy"
    | "address"
    | "unreachable"
    | "endCause"
    | "customData"
    | "capacity"
    | "name"
    | "protection"
  >
>;

/**
 * The next change of `battle`: revision + 1, and roster version + 1 if seats are taken or freed, the capacity is set, or the session
 * is closed or opened to players.
 */
export function nextChange(battle: BattleSession, reason: ChangeReason, parts: ChangeParts): SessionChange {
  const { added = [], updated = [], removed = [], ...fields } = parts;
  const touchesSeats = added.length + removed.length > 0 || fields.capacity !== undefined;
  const touchesRoster = touchesSeats || closesOrOpens(fields);
  return {
    battleSessionId: battle.battleSessionId,
    revision: battle.revision + 1,
    rosterVersion: battle.rosterVersion + (touchesRoster ? 1 : 0),
    reason,
    added,
    updated,
    removed,
    ...fields,
  };
}

/** Whether the change lets no more players in, or lets them in again. */
export function closesOrOpens({
  creationPolicy,
  unreachable,
}: Pick<ChangeParts, "creationPolicy" | "unreachable">): boolean {
  return creationPolicy !== undefined || unreachable !== undefined;
}

export function isLiving(battle: BattleSession): boolean {
  return battle.state !== "TERMINATED";
}

export function isLiveBackfill(backfill: Backfill | undefined): backfill is Backfill {
  return backfill?.state === "SEARCHING" || backfill?.state === "PAUSED";
}

export function removedPlayer(seat: PlayerSession, cause: SeatEndCause): RemovedPlayer {
  return {
    playerSessionId: seat.playerSessionId,
    playerId: seat.playerId,
    team: seat.team,
    ticketId: seat.ticketId,
    cause,
  };
}

/** Ends the session: every seat is freed and its backfill is over, in one change. */
export function closeSession(battle: BattleSession, cause: SessionEndCause): SessionChanged {
  const backfill = isLiveBackfill(battle.backfill)
    ? { ...battle.backfill, state: "CANCELLED" as const, cause: "SESSION_ENDED" as const, noLegalFill: false }
    : undefined;
  return {
    type: "session-changed",
    change: nextChange(battle, "SESSION_ENDED", {
      state: "TERMINATED",
      endCause: cause,
      removed: battle.playerSessions.map((seat) => removedPlayer(seat, "SESSION_ENDED")),
      ...(backfill ? { backfill } : {}),
    }),
  };
}

/** Asks the game to end the session, and closes it when its protection allows. */
export function terminateSession(battle: BattleSession, moment: Moment): SessionChanged {
  return {
    type: "session-changed",
    change: nextChange(battle, "SESSION_TERMINATING", { state: "TERMINATING" }),
    closeByMs: endsByMs(battle, moment),
  };
}

/** Why a session that ends by the game's word has ended. */
export function endCauseOf(session: ServerSession, placement: Placement | undefined): SessionEndCause {
  switch (session.battle.state) {
    case "ACTIVATING":
      return "ACTIVATION_FAILED";
    case "TERMINATING":
      return placement?.end?.state === "CANCELLED" || placement?.end?.state === "TIMED_OUT"
        ? "PLACEMENT_STOPPED"
        : "TERMINATED";
    default:
      return "GAME_ENDED";
  }
}
