// A player's seat: RESERVED → ACTIVE ⇄ DISCONNECTED → gone. Accepted once; whoever comes back shows the reconnect secret.
import { drawId } from "@muster/kit";
import {
  type CreationPolicy,
  MusterError,
  type PlayerSession,
  type PlayerSessionId,
  type ServerSessionId,
} from "@muster/proto";
import { getSessionOf } from "./activation.ts";
import { type Decision, type Moment, unchanged } from "./decision.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import type { CommandResult } from "./host-command.ts";
import { graceMsOf } from "./patience.ts";
import { isSameSecret, type ServerProcess } from "./process.ts";
import { nextChange, removedPlayer, type SeatMemory, type ServerSession } from "./session.ts";

/** Accepts that a seat remembers, so that a late repeat of an earlier one is answered as it was. */
export const ACCEPTS_KEPT_MAX = 16;

export type AcceptSeat = {
  readonly playerSessionId: PlayerSessionId;
  readonly requestId: string;
  readonly reconnectSecret: string | undefined;
  readonly givenReconnectSecret: string | undefined;
};

/**
 * A client presented the id. A repeat by request id is answered as the first time.
 *
 * @throws {MusterError} PLAYER_SESSION_NOT_FOUND, PLAYER_SESSION_ALREADY_ACCEPTED, PLAYER_SESSION_EXPIRED,
 *   PLAYER_SESSION_ENDED, RECONNECT_SECRET_WRONG, SESSION_NOT_ACTIVE.
 */
export function acceptSeat(
  state: FleetState,
  process: ServerProcess,
  accept: AcceptSeat,
  moment: Moment,
): Decision<CommandResult> {
  const { session, seat, memory } = getSeat(state, process, accept.playerSessionId);
  const { battle } = session;
  const sessionId = battle.battleSessionId;
  if (!seat) throw seatOver(memory);
  const accepted: PlayerSession = { ...seat, state: "ACTIVE", expiresAtMs: undefined };
  if (memory.reconnectSecret !== undefined && memory.acceptIds.includes(accept.requestId)) {
    return unchanged({
      acceptedSeat: { sessionId, playerSession: accepted, reconnectSecret: memory.reconnectSecret },
    });
  }
  if (battle.state !== "ACTIVE") {
    throw new MusterError("SESSION_NOT_ACTIVE", `Cannot accept a player as session ${sessionId} is ${battle.state}`);
  }
  const returns = checkMayEnter(seat, memory, accept.reconnectSecret);
  const reconnectSecret = memory.reconnectSecret ?? accept.givenReconnectSecret ?? drawId("rs", moment.random);
  const reason = returns ? "PLAYER_RETURNED" : "PLAYER_ACCEPTED";
  return {
    facts: [
      {
        type: "session-changed",
        change: nextChange(battle, reason, { updated: [accepted] }),
        accepted: { playerSessionId: seat.playerSessionId, requestId: accept.requestId, reconnectSecret },
      },
    ],
    reply: { acceptedSeat: { sessionId, playerSession: accepted, reconnectSecret } },
  };
}

/** Whether the player returns, rather than coming for the first time. */
function checkMayEnter(seat: PlayerSession, memory: SeatMemory, reconnectSecret: string | undefined): boolean {
  if (seat.state === "RESERVED") return false;
  if (seat.state === "ACTIVE") {
    throw new MusterError("PLAYER_SESSION_ALREADY_ACCEPTED", "Cannot accept the player session twice: it is ACTIVE");
  }
  if (memory.reconnectSecret === undefined || !isSameSecret(memory.reconnectSecret, reconnectSecret ?? "")) {
    const given = reconnectSecret === undefined ? "none was given" : "the one given is wrong";
    throw new MusterError(
      "RECONNECT_SECRET_WRONG",
      `Cannot take the player back without the reconnect secret of the first accept: ${given}`,
    );
  }
  return true;
}

/**
 * The client's connection broke: the seat is held for the grace. A repeat changes nothing.
 *
 * @throws {MusterError} PLAYER_SESSION_NOT_FOUND, PLAYER_SESSION_ENDED, PLAYER_SESSION_EXPIRED; PHASE_CONFLICT if the
 *   player never came.
 */
export function disconnectSeat(
  state: FleetState,
  process: ServerProcess,
  playerSessionId: PlayerSessionId,
  moment: Moment,
): Decision<CommandResult> {
  const { session, seat, memory } = getSeat(state, process, playerSessionId);
  if (!seat) throw seatOver(memory);
  if (seat.state === "DISCONNECTED") return unchanged({ seatExpiresAtMs: seat.expiresAtMs });
  if (seat.state !== "ACTIVE") {
    throw new MusterError(
      "PHASE_CONFLICT",
      `Cannot disconnect the player session as nobody has come: it is ${seat.state}`,
      {
        metadata: { phase: seat.state },
      },
    );
  }
  const expiresAtMs = moment.nowMs + graceMsOf(state, session, moment);
  const held: PlayerSession = { ...seat, state: "DISCONNECTED", expiresAtMs };
  return {
    facts: [
      { type: "session-changed", change: nextChange(session.battle, "PLAYER_DISCONNECTED", { updated: [held] }) },
    ],
    reply: { seatExpiresAtMs: expiresAtMs },
  };
}

/**
 * The player has left for good. A repeat changes nothing.
 *
 * @throws {MusterError} PLAYER_SESSION_NOT_FOUND
 */
export function removeSeat(
  state: FleetState,
  process: ServerProcess,
  playerSessionId: PlayerSessionId,
): readonly FleetFact[] {
  const { session, seat } = getSeat(state, process, playerSessionId);
  if (!seat) return [];
  const removed = [removedPlayer(seat, "REMOVED")];
  return [{ type: "session-changed", change: nextChange(session.battle, "PLAYER_REMOVED", { removed }) }];
}

/**
 * The reservation or the grace of the seat has run out; nothing if it has not, or stands still with a silent host. Of a host
 * that is not attached nobody knows whether its sidecar has let the player in meanwhile, on its own, and will say so when it
 * is back: the seat is held until then, or until the host is silent for too long.
 */
export function seatExpires(
  session: ServerSession,
  playerSessionId: PlayerSessionId,
  moment: Moment,
): readonly FleetFact[] {
  const { nowMs } = moment;
  const seat = session.battle.playerSessions.find((one) => one.playerSessionId === playerSessionId);
  if (!seat || seat.expiresAtMs === undefined || seat.expiresAtMs > nowMs) return [];
  if (session.unreachableSinceMs !== undefined) return [];
  if (!moment.attached.has(session.battle.processId)) {
    const held = { ...seat, expiresAtMs: nowMs + moment.config.settings.hostSilentAfterMs };
    const change = nextChange(session.battle, "HOST_REACHABILITY_CHANGED", { updated: [held] });
    return [{ type: "session-changed", change }];
  }
  const isReserved = seat.state === "RESERVED";
  const removed = [removedPlayer(seat, isReserved ? "RESERVATION_EXPIRED" : "GRACE_EXPIRED")];
  const reason = isReserved ? "RESERVATION_EXPIRED" : "GRACE_EXPIRED";
  return [{ type: "session-changed", change: nextChange(session.battle, reason, { removed }) }];
}

/** @throws {MusterError} SERVER_SESSION_NOT_FOUND, SESSION_NOT_ACTIVE. */
export function changeCreationPolicy(
  state: FleetState,
  process: ServerProcess,
  asked: { readonly sessionId: ServerSessionId; readonly creationPolicy: CreationPolicy },
): readonly FleetFact[] {
  const { sessionId, creationPolicy } = asked;
  const { battle } = getSessionOf(state, process, sessionId);
  if (battle.state !== "ACTIVE") {
    throw new MusterError(
      "SESSION_NOT_ACTIVE",
      `Cannot change the policy of session ${sessionId} as it is ${battle.state}`,
    );
  }
  if (battle.creationPolicy === creationPolicy) return [];
  const change = nextChange(battle, "CREATION_POLICY_CHANGED", { creationPolicy });
  return [{ type: "session-changed", change }];
}

type FoundSeat = {
  readonly session: ServerSession;
  /** Undefined once it has ended. */
  readonly seat: PlayerSession | undefined;
  readonly memory: SeatMemory;
};

function getSeat(state: FleetState, process: ServerProcess, playerSessionId: PlayerSessionId): FoundSeat {
  const sessionId = state.sessionBySeat.get(playerSessionId);
  const session = sessionId && state.sessions.get(sessionId);
  const memory = session?.seats.get(playerSessionId);
  if (session?.battle.processId !== process.processId || !memory) {
    throw new MusterError(
      "PLAYER_SESSION_NOT_FOUND",
      `Cannot use the player session as process ${process.processId} has none of that id`,
    );
  }
  return {
    session,
    seat: session.battle.playerSessions.find((one) => one.playerSessionId === playerSessionId),
    memory,
  };
}

function seatOver(memory: SeatMemory): MusterError {
  switch (memory.endCause) {
    case "RESERVATION_EXPIRED":
      return new MusterError("PLAYER_SESSION_EXPIRED", "Cannot use the player session as its reservation ran out");
    case "GRACE_EXPIRED":
      return new MusterError(
        "PLAYER_SESSION_EXPIRED",
        "Cannot use the player session as the grace after its disconnect ran out",
      );
    case "SESSION_ENDED":
      return new MusterError("PLAYER_SESSION_ENDED", "Cannot use the player session as its server session has ended");
    default:
      return new MusterError("PLAYER_SESSION_ENDED", "Cannot use the player session as the player was removed");
  }
}
