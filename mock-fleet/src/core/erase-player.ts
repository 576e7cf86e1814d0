// Forgetting a player: whether it can be done now, and what becomes of everything that spoke of the player. The journal's own
// records are overwritten afterwards (erasures.ts).
import {
  type BattleSession,
  type ErasureId,
  MusterError,
  type PlayerId,
  type PlayerSession,
  type SessionChange,
} from "@muster/proto";
import { forgetCreator } from "./creations.ts";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetFold, FleetState } from "./fleet-state.ts";
import type { AnsweredCommand } from "./host-command.ts";
import { changePlacement } from "./placement.ts";
import { type AnsweredRequest, ownSession, type SessionFold } from "./session.ts";

export type Erasure = {
  /** Drawn for this request. */
  readonly erasureId: ErasureId;
  readonly playerId: PlayerId;
  /** Of both: finds the player's records without naming the player. */
  readonly playerDigest: string;
};

/** What stands in place of a player who has been erased: no player has this id. */
const ERASED = "" as PlayerId;

/**
 * The fact that erases the player.
 *
 * @throws {MusterError} PLAYER_SEATED if the player has a seat in a session, or a placement is to give one.
 */
export function decideErasePlayer(state: FleetState, erasure: Erasure): readonly FleetFact[] {
  const { playerId } = erasure;
  for (const { request, sessionId } of state.pendingPlacements.values()) {
    if (!request.players.some((player) => player.playerId === playerId)) continue;
    throw seated(playerId, sessionId ?? "", `placement ${request.placementId} is to seat the player`);
  }
  for (const [sessionId, session] of state.sessions) {
    if (session.endedAtMs !== undefined || !isSeated(session.battle, playerId)) continue;
    throw seated(playerId, sessionId, `session ${sessionId} has the player`);
  }
  return [{ type: "player-erased", ...erasure }];
}

function seated(playerId: PlayerId, battleSessionId: string, present: string): MusterError {
  const why = `Cannot erase player ${playerId} as only who sits in no session can be: ${present}`;
  return new MusterError("PLAYER_SEATED", why, { metadata: { playerId, battleSessionId } });
}

/** The fact that the journal holds nothing of the player any more; none if that is known. */
export function decideErasureCompleted(state: FleetState, erasureId: ErasureId): readonly FleetFact[] {
  return state.erasures.has(erasureId) ? [{ type: "erasure-completed", erasureId }] : [];
}

/** Everybody whom the fact names. */
export function playersOf(fact: FleetFact): readonly string[] {
  switch (fact.type) {
    case "placement-started":
      return fact.request.players.map(({ playerId }) => playerId);
    case "session-started":
      return [...fact.session.playerSessions.map(({ playerId }) => playerId), fact.session.creatorId ?? ERASED];
    case "session-changed":
      return playersOfChange(fact.change);
    case "fill-refused":
      return Object.values(fact.refusal.metadata);
    case "command-answered": {
      const { acceptedSeat } = fact.result;
      return acceptedSeat ? [acceptedSeat.playerSession.playerId] : [];
    }
    case "player-erased":
      return [fact.playerId];
    default:
      return [];
  }
}

/** Everybody whom the change names. */
export function playersOfChange({ added, updated, removed }: SessionChange): readonly PlayerId[] {
  return [...added, ...updated, ...removed].map(({ playerId }) => playerId);
}

/** Whether the player has a seat of the session. */
export function isSeated({ playerSessions }: BattleSession, playerId: PlayerId): boolean {
  return playerSessions.some((seat) => seat.playerId === playerId);
}

/**
 * Takes the player out of everything that is remembered: placements, changes that sidecars may have missed, answers to fills
 * and commands. Looks at all of it; of what a snapshot has put away, at the bytes.
 */
export function erasePlayer(state: FleetFold, playerId: PlayerId): void {
  for (const [placementId, placement] of state.placements) {
    if (!mayName(placement, playerId)) continue;
    const { request } = placement;
    const players = request.players.filter((player) => player.playerId !== playerId);
    if (players.length === request.players.length) continue;
    const redacted = changePlacement(placement, { request: { ...request, players } });
    state.placements.set(placementId, redacted);
  }
  for (const [sessionId, session] of state.sessions) {
    if (!mayName(session, playerId) || !namesPlayer(session, playerId)) continue;
    state.sessions.set(sessionId, redactSession(ownSession(session, state.captures), playerId));
  }
  forgetCreator(state.creations, playerId);
  for (const [processId, { results }] of state.answeredCommands) {
    if (![...results.values()].some((one) => one.result.acceptedSeat?.playerSession.playerId === playerId)) continue;
    const redacted = new Map(Array.from(results, ([id, one]) => [id, redactCommand(one, playerId)]));
    state.answeredCommands.set(processId, { results: redacted, ownedSince: state.captures });
  }
}

function mayName(stored: { readonly mayName?: (playerId: PlayerId) => boolean }, playerId: PlayerId): boolean {
  return stored.mayName?.(playerId) ?? true;
}

function namesPlayer({ battle, changes, requests, seats }: SessionFold, playerId: PlayerId): boolean {
  if (battle.creatorId === playerId) return true;
  for (const seat of seats.values()) if (seat.playerId === playerId) return true;
  const inRequest = ({ filled, refusal }: AnsweredRequest) =>
    (filled && isSeated(filled, playerId)) || Object.values(refusal?.metadata ?? {}).includes(playerId);
  return changes.some((change) => playersOfChange(change).includes(playerId)) || [...requests.values()].some(inRequest);
}

/** Changes up to the last that names the player are dropped: a sidecar further back gets the whole session. */
function redactSession(session: SessionFold, playerId: PlayerId): SessionFold {
  const last = session.changes.findLastIndex((change) => playersOfChange(change).includes(playerId));
  const requests = Array.from(session.requests, ([id, one]) => [id, redactRequest(one, playerId)] as const);
  const battle = redactCreator(session.battle, playerId);
  for (const [id, seat] of session.seats) {
    if (seat.playerId === playerId) session.seats.set(id, { ...seat, playerId: ERASED });
  }
  return { ...session, battle, changes: session.changes.slice(last + 1), requests: new Map(requests) };
}

function redactCreator(battle: BattleSession, playerId: PlayerId): BattleSession {
  if (battle.creatorId !== playerId) return battle;
  const { creatorId: _, ...rest } = battle;
  return rest;
}

function redactRequest(
  { bodyDigest, revision, filled, refusal }: AnsweredRequest,
  playerId: PlayerId,
): AnsweredRequest {
  const isNamed = Object.values(refusal?.metadata ?? {}).includes(playerId);
  return {
    ...{ bodyDigest, revision },
    filled: filled && {
      ...redactCreator(filled, playerId),
      playerSessions: filled.playerSessions.map((seat) => (seat.playerId === playerId ? redactSeat(seat) : seat)),
    },
    refusal: refusal && isNamed ? { ...refusal, metadata: {} } : refusal,
  };
}

function redactCommand({ bodyDigest, result }: AnsweredCommand, playerId: PlayerId): AnsweredCommand {
  const { acceptedSeat } = result;
  if (acceptedSeat?.playerSession.playerId !== playerId) return { bodyDigest, result };
  const redacted = { ...acceptedSeat, playerSession: redactSeat(acceptedSeat.playerSession) };
  return { bodyDigest, result: { ...result, acceptedSeat: redacted } };
}

function redactSeat(seat: PlayerSession): PlayerSession {
  return { ...seat, playerId: ERASED, attributes: {}, data: undefined };
}
