// What the sidecar may answer on its own while its fleet is away: seats that it knows to be reserved are taken, players
// leave or break off. Everything is announced, in order, when the fleet is back; the fleet's word then stands.
import { type BattleSession, MusterError, type PlayerSession } from "@muster/proto";

/** A seat as it stands by the sidecar's own word. */
export type StandInSeat = {
  readonly phase: "active" | "disconnected" | "removed";
  /** Of the accept that took it; a repeat gets the same answer. */
  readonly requestId: string | undefined;
  /** Undefined for a seat that the fleet gave: then the sidecar does not know it. */
  readonly reconnectSecret: string | undefined;
};

export type SeatFound = { readonly session: BattleSession; readonly seat: PlayerSession };

export type AcceptDecision = { readonly repeat: boolean; readonly reconnectSecret: string };

/**
 * Whether a presented player session id takes its seat, by what the sidecar knows.
 *
 * @throws {MusterError} PLAYER_SESSION_ALREADY_ACCEPTED, PLAYER_SESSION_ENDED, RECONNECT_SECRET_WRONG, SESSION_NOT_ACTIVE,
 * FLEET_UNREACHABLE.
 */
export function standInForAccept(
  found: SeatFound | undefined,
  own: StandInSeat | undefined,
  request: { readonly requestId: string; readonly secretMatches: boolean; readonly newSecret: string },
  wallMs: number,
): AcceptDecision {
  if (!found) throw fleetIsAway(); // The fleet may have made the seat, and its word of it be lost.
  if (found.session.state !== "ACTIVE") {
    throw new MusterError(
      "SESSION_NOT_ACTIVE",
      `Cannot accept the player as only an active session takes players: it is ${found.session.state}`,
    );
  }
  if (own?.phase === "removed")
    throw new MusterError("PLAYER_SESSION_ENDED", "Cannot accept the player as they have left");
  if (own?.phase === "active") {
    if (own.requestId === request.requestId && own.reconnectSecret !== undefined) {
      return { repeat: true, reconnectSecret: own.reconnectSecret };
    }
    throw alreadyAccepted();
  }
  if (own?.phase === "disconnected") {
    // The fleet gave the secret out: it alone knows whether this is the one.
    if (own.reconnectSecret === undefined) throw fleetIsAway();
    if (request.secretMatches) {
      return { repeat: false, reconnectSecret: own.reconnectSecret };
    }
    throw new MusterError(
      "RECONNECT_SECRET_WRONG",
      "Cannot accept the player again as the reconnect secret is another",
    );
  }
  // By the fleet's word the seat is taken. Whether this is a repeat of the accept that took it, or the player's return with
  // the right secret, only the fleet knows.
  if (found.seat.state !== "RESERVED") throw fleetIsAway();
  // Past the time that it last heard of: the fleet may have put it off, as it does for a host that it did not hear.
  if (found.seat.expiresAtMs !== undefined && found.seat.expiresAtMs <= wallMs) throw fleetIsAway();
  return { repeat: false, reconnectSecret: request.newSecret };
}

/**
 * Whether a player may break off, or leave, by what the sidecar knows. False: it is so already.
 *
 * @throws {MusterError} PLAYER_SESSION_NOT_FOUND, PHASE_CONFLICT, PLAYER_SESSION_ENDED.
 */
export function standInForLeave(
  found: SeatFound | undefined,
  own: StandInSeat | undefined,
  to: "disconnected" | "removed",
): boolean {
  if (!found) throw unknownSeat();
  if (own?.phase === "removed") {
    if (to === "removed") return false;
    throw new MusterError("PLAYER_SESSION_ENDED", "Cannot hold the seat as the player has left");
  }
  const phase = own?.phase ?? found.seat.state.toLowerCase();
  if (phase === to) return false;
  if (to === "disconnected" && phase === "reserved") {
    throw new MusterError("PHASE_CONFLICT", "Cannot hold the seat as its player never came: it is RESERVED", {
      metadata: { phase: "RESERVED" },
    });
  }
  return true;
}

/** When it makes sense to ask again, in ms: the link looks for its fleet every two seconds at the least. */
const RETRY_AFTER_MS = 1_000;
/**
 * Heartbeats by which the sidecar stops answering before its fleet may give it up: the last that the fleet heard of it may be
 * one older than the last that it heard of the fleet, and the two clocks need not run alike.
 */
const MARGIN_HEARTBEATS = 2;

export type Absence = {
  /** Since the sidecar last heard of its fleet, in ms. */
  readonly awayMs: number;
  /** Silence after which the fleet gives a host up, in ms. */
  readonly hostLostAfterMs: number;
  readonly heartbeatIntervalMs: number;
};

/** Whether the fleet cannot have given the sidecar up yet, so that it may still answer for it. */
export function mayStandIn({ awayMs, hostLostAfterMs, heartbeatIntervalMs }: Absence): boolean {
  return awayMs < hostLostAfterMs - MARGIN_HEARTBEATS * heartbeatIntervalMs;
}

/** For what only the fleet can decide. */
export function fleetIsAway(): MusterError {
  return new MusterError("FLEET_UNREACHABLE", "Cannot do that now as the fleet decides it: it is away", {
    metadata: { retryAfterMs: String(RETRY_AFTER_MS) },
  });
}

function unknownSeat(): MusterError {
  return new MusterError("PLAYER_SESSION_NOT_FOUND", "Cannot find the player session: none of this process has the id");
}

function alreadyAccepted(): MusterError {
  return new MusterError(
    "PLAYER_SESSION_ALREADY_ACCEPTED",
    "Cannot accept the player session as it was accepted before",
  );
}
