// Seats for players whom somebody brings without a matcher: a backend of its own, or an operator.
import { applySessionChange, type BattleSession, fieldInvalid, type ServerSessionId } from "@muster/proto";
import { type Decision, type Moment, unchanged } from "./decision.ts";
import { checkRoom, checkTakesPlayers, findAnswered, getSession, rosterStale } from "./fill.ts";
import type { FleetState } from "./fleet-state.ts";
import { reservationMsOf } from "./patience.ts";
import { type PlayerToSeat, reserveSeat } from "./placement.ts";
import { nameIn, projectOf } from "./project.ts";
import { nextChange } from "./session.ts";

export type CreateSeats = {
  readonly requestId: string;
  readonly sessionId: ServerSessionId;
  readonly players: readonly PlayerToSeat[];
  /** The roster that the caller has seen. Undefined: any, where no matcher has the session. */
  readonly expectedRosterVersion: number | undefined;
};

/**
 * Seats the players, all or none; replies with the session after it, to a repeat too.
 *
 * @throws {MusterError} ID_REUSED, SERVER_SESSION_NOT_FOUND, SESSION_NOT_ACTIVE, SESSION_CLOSED_TO_PLAYERS, ROSTER_VERSION_STALE,
 *   SESSION_FULL, PLAYER_ALREADY_SEATED, TEAM_UNKNOWN; FIELD_INVALID without a roster version where a matcher has the session; what
 *   `check` throws of the session after it.
 */
export function createSeats(
  state: FleetState,
  asked: {
    readonly request: CreateSeats;
    readonly bodyDigest: string;
    readonly check: (after: BattleSession) => void;
  },
  moment: Moment,
): Decision<BattleSession> {
  const { request, bodyDigest, check } = asked;
  const id = nameIn(projectOf(state, request.sessionId), `seats ${request.requestId}`);
  const answered = findAnswered(state, id, bodyDigest);
  if (answered?.filled) return unchanged(answered.filled);
  const session = getSession(state, request.sessionId);
  const { battle, placementId } = session;
  checkTakesPlayers(state, session);
  const hasMatcher = (state.placements.get(placementId)?.request.matcherEndpoint ?? "") !== "";
  const { expectedRosterVersion: expected, players } = request;
  // The matcher judges fills by rosters: who seats players beside it must know what he changes.
  if (hasMatcher && expected === undefined) {
    throw fieldInvalid("expected_roster_version", "the roster version that was seen, as a matcher has the session", 0);
  }
  if (expected !== undefined && expected !== battle.rosterVersion) throw rosterStale(battle, expected);
  checkRoom(battle, players);
  const reservationMs = reservationMsOf(state, session, moment);
  const added = players.map((player) => reserveSeat(player, reservationMs, moment));
  const change = nextChange(battle, "PLAYERS_ADDED", { added });
  const after = applySessionChange(battle, change);
  check(after);
  return { facts: [{ type: "session-changed", change, request: { id, bodyDigest } }], reply: after };
}
