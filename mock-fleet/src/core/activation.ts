// A session comes alive, or does not: the moment at which seats are created and a placement is fulfilled, in one append.
import { MusterError, type ServerSessionId } from "@muster/proto";
import type { Moment } from "./decision.ts";
import { findFleet } from "./fleet-config.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import { reservationMsOf } from "./patience.ts";
import { endPlacement, reserveSeat } from "./placement.ts";
import { type ServerProcess, terminateProcess } from "./process.ts";
import { closeSession, endCauseOf, nextChange, type ServerSession } from "./session.ts";

/** @throws {MusterError} SERVER_SESSION_NOT_FOUND unless the session is one of the process. */
export function getSessionOf(state: FleetState, process: ServerProcess, sessionId: ServerSessionId): ServerSession {
  const session = state.sessions.get(sessionId);
  if (session?.battle.processId === process.processId) return session;
  throw new MusterError(
    "SERVER_SESSION_NOT_FOUND",
    `Cannot use session ${sessionId} as process ${process.processId} has none of that id`,
  );
}

/**
 * The game has loaded the battle. Seats are reserved only now, so that their clock is fair.
 *
 * @throws {MusterError} SERVER_SESSION_NOT_FOUND; PHASE_CONFLICT if it was asked to end, or has ended.
 */
export function activateSession(
  state: FleetState,
  process: ServerProcess,
  sessionId: ServerSessionId,
  moment: Moment,
): readonly FleetFact[] {
  const session = getSessionOf(state, process, sessionId);
  const { battle, placementId } = session;
  if (battle.state === "ACTIVE") return [];
  const placement = state.placements.get(placementId);
  if (battle.state !== "ACTIVATING" || !placement) {
    throw new MusterError("PHASE_CONFLICT", `Cannot activate session ${sessionId} as it is ${battle.state}`, {
      metadata: { phase: battle.state },
    });
  }
  const reservationMs = reservationMsOf(state, session, moment);
  return [
    {
      type: "session-changed",
      change: nextChange(battle, "SESSION_ACTIVATED", {
        state: "ACTIVE",
        address: process.address,
        added: placement.request.players.map((player) => reserveSeat(player, reservationMs, moment)),
      }),
    },
    endPlacement(placementId, "FULFILLED", moment),
  ];
}

/**
 * The game has ended the session; a one-shot process is to follow it.
 *
 * @throws {MusterError} SERVER_SESSION_NOT_FOUND
 */
export function endSession(
  state: FleetState,
  process: ServerProcess,
  sessionId: ServerSessionId,
  moment: Moment,
): readonly FleetFact[] {
  const session = getSessionOf(state, process, sessionId);
  if (session.battle.state === "TERMINATED") return [];
  const cause = endCauseOf(session, state.placements.get(session.placementId));
  return [closeSession(session.battle, cause), ...endOneShot(process, moment)];
}

function endOneShot(process: ServerProcess, moment: Moment): readonly FleetFact[] {
  const isOneShot = findFleet(moment.config, process.fleet)?.hosting === "ONE_SHOT";
  return isOneShot && process.sessionIds.size === 1 ? terminateProcess(process, "ONE_SHOT", moment) : [];
}

/** The time to activate is over: the session fails, its process is ended, and the placement tries the next one. */
export function activationDue(state: FleetState, session: ServerSession, moment: Moment): readonly FleetFact[] {
  if (session.battle.state !== "ACTIVATING") return [];
  const process = state.processes.get(session.battle.processId);
  return [
    closeSession(session.battle, "ACTIVATION_FAILED"),
    ...(process ? terminateProcess(process, "ACTIVATION_TIMEOUT", moment) : []),
  ];
}

/** The game was asked to end the session and did not: it is closed, and the process, which listens to nobody, ended. */
export function sessionCloses(state: FleetState, session: ServerSession, moment: Moment): readonly FleetFact[] {
  if (session.battle.state !== "TERMINATING") return [];
  const process = state.processes.get(session.battle.processId);
  const cause = endCauseOf(session, state.placements.get(session.placementId));
  return [
    closeSession(session.battle, cause),
    ...(process ? terminateProcess(process, "SESSION_NOT_ENDED", moment) : []),
  ];
}
