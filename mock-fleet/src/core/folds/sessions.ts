// Facts of server sessions, folded: the battle as its sidecar sees it, and what stands around it at the fleet.
import { invariant } from "@muster/kit";
import { applySessionChange, type SessionChange } from "@muster/proto";
import { creationOf, noteCreation } from "../creations.ts";
import type { SessionChanged } from "../fleet-fact.ts";
import type { FleetFold } from "../fleet-state.ts";
import { changePlacement } from "../placement.ts";
import { countActivating } from "../process-index.ts";
import { CHANGES_KEPT_MAX, closesOrOpens, ownSession, type SessionFold } from "../session.ts";
import { rememberRequest } from "./answers.ts";
import type { Fact } from "./fact-of.ts";
import { noteWhenOver, waitAgain } from "./placements.ts";
import { changeProcess } from "./processes.ts";
import { rememberSeats } from "./seat-memory.ts";

export function startSession(state: FleetFold, fact: Fact<"session-started">, timeMs: number): void {
  const { session: battle, placementId } = fact;
  const sessionId = battle.battleSessionId;
  noteCreation(state.creations, creationOf(battle, state.placements.get(placementId)), timeMs);
  state.sessions.set(sessionId, {
    battle,
    placementId,
    activateByMs: fact.activateByMs,
    closeByMs: undefined,
    seatsAddedAtVersion: battle.rosterVersion,
    changes: [],
    seats: new Map(),
    requests: new Map(),
    unreachableSinceMs: undefined,
    endedAtMs: undefined,
    ownedSince: state.captures,
  });
  state.agenda.add({ type: "activation-due", atMs: fact.activateByMs, sessionId });
  const process = state.processes.get(battle.processId);
  if (process) countActivating(state.processIndex, process, 1);
  changeProcess(state, battle.processId, (process) => ({
    ...process,
    sessionIds: new Set([...process.sessionIds, sessionId]),
  }));
  const placement = state.placements.get(placementId);
  invariant(placement, "a session is made for a placement");
  const tried = new Set([...placement.tried, battle.processId]);
  const attempt = changePlacement(placement, { sessionId, tried });
  state.placements.set(placementId, attempt);
  state.pendingPlacements.set(placementId, attempt);
  state.waitingPlacements.delete(placementId);
}

export function changeSession(state: FleetFold, fact: SessionChanged, timeMs: number): void {
  const { change } = fact;
  const sessionId = change.battleSessionId;
  const before = state.sessions.get(sessionId);
  invariant(before && change.revision === before.battle.revision + 1, "changes of a session follow one another");
  const session = ownSession(before, state.captures);
  const battle = applySessionChange(session.battle, change);
  invariant(battle.playerSessions.length <= battle.capacity, "S-CAPACITY: used seats never exceed capacity");
  const isOver = battle.state === "TERMINATED";
  const process = state.processes.get(battle.processId);
  if (process && session.battle.state === "ACTIVATING" && battle.state !== "ACTIVATING") {
    countActivating(state.processIndex, process, -1);
  }
  const hasFailed = session.battle.state === "ACTIVATING" && (isOver || battle.state === "TERMINATING");
  if (hasFailed) waitAgain(state, session.placementId, timeMs);
  state.sessions.set(sessionId, {
    battle,
    placementId: session.placementId,
    activateByMs: session.activateByMs,
    closeByMs: isOver ? undefined : (fact.closeByMs ?? session.closeByMs),
    seatsAddedAtVersion:
      change.added.length > 0 || closesOrOpens(change) ? change.rosterVersion : session.seatsAddedAtVersion,
    // Nobody is told differences of a session that is over.
    changes: isOver ? [] : keepLast(session.changes, change),
    seats: rememberSeats(state, session.seats, { fact, seatsInUse: battle.playerSessions.length, timeMs }),
    requests: rememberRequest(state, session, fact, battle),
    unreachableSinceMs: silentSince(session, change, timeMs),
    endedAtMs: isOver ? timeMs : undefined,
    ownedSince: session.ownedSince,
  });
  for (const seat of change.added) state.sessionBySeat.set(seat.playerSessionId, sessionId);
  for (const { expiresAtMs, playerSessionId } of [...change.added, ...change.updated]) {
    if (expiresAtMs !== undefined)
      state.agenda.add({ type: "seat-expires", atMs: expiresAtMs, sessionId, playerSessionId });
  }
  if (fact.closeByMs !== undefined) state.agenda.add({ type: "session-closes", atMs: fact.closeByMs, sessionId });
  if (isOver) {
    state.ended.add({ type: "session", atMs: timeMs, sessionId });
    if (state.placements.get(session.placementId)?.sessionId === sessionId) noteWhenOver(state, session.placementId);
    changeProcess(state, battle.processId, (process) => ({
      ...process,
      sessionIds: new Set([...process.sessionIds].filter((id) => id !== sessionId)),
    }));
  }
}

function silentSince(session: SessionFold, change: SessionChange, timeMs: number): number | undefined {
  if (change.unreachable === undefined) return session.unreachableSinceMs;
  return change.unreachable ? timeMs : undefined;
}

function keepLast(changes: SessionChange[], change: SessionChange): SessionChange[] {
  changes.push(change);
  // Cut by half at a time: each change is moved twice on average, not two hundred times.
  if (changes.length > 2 * CHANGES_KEPT_MAX) changes.splice(0, changes.length - CHANGES_KEPT_MAX);
  return changes;
}
