// Fills and updates: what the matcher does to a session that lives. A fill seats newcomers and writes the backfill in one
// change; both are answered again, unchanged, when they are repeated.
import {
  applySessionChange,
  type Backfill,
  type BattleSession,
  MusterError,
  type ProcessId,
  type ServerSessionId,
  type SessionChange,
} from "@muster/proto";
import { type Decision, type Moment, unchanged } from "./decision.ts";
import type { FleetState } from "./fleet-state.ts";
import { reservationMsOf } from "./patience.ts";
import { type PlayerToSeat, reserveSeat, teamUnknown } from "./placement.ts";
import { nameIn, projectOf } from "./project.ts";
import { type AnsweredRequest, nextChange, type Refusal, type ServerSession } from "./session.ts";

export type Fill = {
  readonly fillId: string;
  readonly sessionId: ServerSessionId;
  readonly expectedRosterVersion: number;
  readonly newcomers: readonly PlayerToSeat[];
  readonly backfill: Backfill;
  readonly toleratesLeavers: boolean;
};

/** @throws {MusterError} SERVER_SESSION_NOT_FOUND */
export function getSession(state: FleetState, sessionId: ServerSessionId): ServerSession {
  const session = state.sessions.get(sessionId);
  if (session) return session;
  throw new MusterError(
    "SERVER_SESSION_NOT_FOUND",
    `Cannot use session ${sessionId} as the fleet knows none of that id`,
  );
}

export type FillOutcome =
  /** `change`: what made `battle` of what it was, unless the fill was applied before. */
  | { readonly type: "filled"; readonly battle: BattleSession; readonly change: SessionChange | undefined }
  | { readonly type: "refused"; readonly refusal: Refusal };

/**
 * Seats the newcomers, or refuses to with SESSION_NOT_ACTIVE, SESSION_CLOSED_TO_PLAYERS, PLAYER_ALREADY_SEATED, SESSION_FULL or
 * what `check` throws of the session after the fill. Either is the fill's one outcome: it was told to somebody who has acted on
 * it, so that a copy which was long under way must not have another when seats have fallen free.
 *
 * @throws {MusterError} ID_REUSED, SERVER_SESSION_NOT_FOUND, ROSTER_VERSION_STALE, TEAM_UNKNOWN: the same for ever after.
 */
export function applyFill(
  state: FleetState,
  asked: { readonly fill: Fill; readonly bodyDigest: string; readonly check: (after: BattleSession) => void },
  moment: Moment,
): Decision<FillOutcome> {
  const { fill, bodyDigest } = asked;
  const requestId = requestIdOf(state, fill);
  const answered = findAnswered(state, requestId, bodyDigest);
  if (answered?.filled) return unchanged({ type: "filled", battle: answered.filled, change: undefined });
  if (answered?.refusal) return unchanged({ type: "refused", refusal: answered.refusal });
  const session = getSession(state, fill.sessionId);
  try {
    return fillSession(state, session, asked, moment);
  } catch (error) {
    if (!(error instanceof MusterError) || isFinal(error, session, fill)) throw error;
    const { reason, message, metadata } = error;
    const refusal = { reason, message, metadata };
    const request = { id: requestId, bodyDigest };
    return {
      facts: [{ type: "fill-refused", sessionId: fill.sessionId, request, refusal }],
      reply: { type: "refused", refusal },
    };
  }
}

/**
 * The process whose game is to be asked whether the newcomers may come; undefined if the fill has its outcome already, or
 * would be refused as things are.
 */
export function mayBeFilled(
  state: FleetState,
  asked: Parameters<typeof applyFill>[1],
  moment: Moment,
): ProcessId | undefined {
  const { fill, bodyDigest } = asked;
  const session = state.sessions.get(fill.sessionId);
  if (!session) return undefined;
  try {
    if (findAnswered(state, requestIdOf(state, fill), bodyDigest)) return undefined;
    fillSession(state, session, asked, moment);
  } catch (error) {
    if (error instanceof MusterError) return undefined; // `applyFill` says so, and remembers it.
    throw error;
  }
  return session.battle.processId;
}

/** Refuses the fill as its game did, unless it has its outcome already. @throws {MusterError} as `applyFill` does. */
export function refuseFill(
  state: FleetState,
  { fill, bodyDigest }: Pick<Parameters<typeof applyFill>[1], "fill" | "bodyDigest">,
): Decision<FillOutcome> {
  const requestId = requestIdOf(state, fill);
  const answered = findAnswered(state, requestId, bodyDigest);
  if (answered?.filled) return unchanged({ type: "filled", battle: answered.filled, change: undefined });
  if (answered?.refusal) return unchanged({ type: "refused", refusal: answered.refusal });
  const { battle } = getSession(state, fill.sessionId);
  const refusal: Refusal = {
    reason: "FILL_REFUSED_BY_GAME",
    message: `Cannot seat players in session ${battle.battleSessionId} as its game must say yes: it said no, or nothing in time`,
    metadata: {},
  };
  return {
    facts: [{ type: "fill-refused", sessionId: fill.sessionId, request: { id: requestId, bodyDigest }, refusal }],
    reply: { type: "refused", refusal },
  };
}

/** What the fill is remembered by. */
function requestIdOf(state: FleetState, { fillId, sessionId }: Fill): string {
  return nameIn(projectOf(state, sessionId), `fill ${fillId}`);
}

/** Whether no later state of the session takes the refusal back: roster versions only grow, teams stay. */
function isFinal({ reason }: MusterError, { battle, endedAtMs }: ServerSession, fill: Fill): boolean {
  if (endedAtMs !== undefined || reason === "TEAM_UNKNOWN") return true;
  return reason === "ROSTER_VERSION_STALE" && fill.expectedRosterVersion < battle.rosterVersion;
}

function fillSession(
  state: FleetState,
  session: ServerSession,
  { fill, bodyDigest, check }: Parameters<typeof applyFill>[1],
  moment: Moment,
): Decision<FillOutcome> {
  checkTakesPlayers(state, session);
  checkRoster(session, fill);
  checkRoom(session.battle, fill.newcomers);
  const reservationMs = reservationMsOf(state, session, moment);
  const change = nextChange(session.battle, "PLAYERS_ADDED", {
    added: fill.newcomers.map((player) => reserveSeat(player, reservationMs, moment)),
    backfill: fill.backfill,
  });
  const battle = applySessionChange(session.battle, change);
  check(battle);
  return {
    facts: [{ type: "session-changed", change, request: { id: `fill ${fill.fillId}`, bodyDigest } }],
    reply: { type: "filled", battle, change },
  };
}

/** The answer that the request got. @throws {MusterError} ID_REUSED if it had another body. */
export function findAnswered(state: FleetState, requestId: string, bodyDigest: string): AnsweredRequest | undefined {
  const sessionId = state.sessionByRequest.get(requestId);
  const answered = sessionId && state.sessions.get(sessionId)?.requests.get(requestId);
  if (!answered) return undefined;
  if (answered.bodyDigest === bodyDigest) return answered;
  throw new MusterError(
    "ID_REUSED",
    `Cannot apply ${requestId} with another body: the id came before for session ${sessionId}`,
  );
}

/** @throws {MusterError} SESSION_NOT_ACTIVE, SESSION_CLOSED_TO_PLAYERS. */
export function checkTakesPlayers(state: FleetState, { battle, unreachableSinceMs }: ServerSession): void {
  const name = battle.battleSessionId;
  if (battle.state !== "ACTIVE") {
    throw new MusterError("SESSION_NOT_ACTIVE", `Cannot seat players in session ${name} as it is ${battle.state}`);
  }
  const closed = (why: string) =>
    new MusterError("SESSION_CLOSED_TO_PLAYERS", `Cannot seat players in session ${name} as ${why}`);
  if (battle.creationPolicy === "DENY_ALL") throw closed("its creation policy is DENY_ALL");
  if (unreachableSinceMs !== undefined) throw closed("its host is silent");
  if (state.processes.get(battle.processId)?.status.phase !== "READY") throw closed("its process is ending");
}

function checkRoster({ battle, seatsAddedAtVersion }: ServerSession, fill: Fill): void {
  const expected = fill.expectedRosterVersion;
  const isCurrent = expected === battle.rosterVersion;
  const onlyLeavers = fill.toleratesLeavers && expected >= seatsAddedAtVersion && expected < battle.rosterVersion;
  if (isCurrent || onlyLeavers) return;
  throw rosterStale(battle, expected);
}

/** What somebody is told who has judged by another roster. */
export function rosterStale(battle: BattleSession, expected: number): MusterError {
  return new MusterError(
    "ROSTER_VERSION_STALE",
    `Cannot apply what was judged on roster version ${expected} to session ${battle.battleSessionId}: it has version ${battle.rosterVersion}`,
    { metadata: { rosterVersion: String(battle.rosterVersion) } },
  );
}

/** @throws {MusterError} PLAYER_ALREADY_SEATED, TEAM_UNKNOWN, SESSION_FULL. */
export function checkRoom(battle: BattleSession, newcomers: readonly PlayerToSeat[]): void {
  const seated = new Set(battle.playerSessions.map((seat) => seat.playerId));
  const names = new Set(battle.teams.map((team) => team.name));
  for (const { playerId, team } of newcomers) {
    if (seated.has(playerId)) {
      throw new MusterError(
        "PLAYER_ALREADY_SEATED",
        `Cannot seat a player twice in session ${battle.battleSessionId}`,
        {
          metadata: { playerId },
        },
      );
    }
    if (battle.teams.length === 0 ? team !== undefined : team === undefined || !names.has(team)) {
      throw teamUnknown("a player", team, battle.teams);
    }
  }
  checkCapacity("the session", battle.capacity, battle.playerSessions.length, newcomers.length);
  const used = Map.groupBy(battle.playerSessions, (seat) => seat.team);
  const more = Map.groupBy(newcomers, (player) => player.team);
  for (const { name, capacity } of battle.teams) {
    checkCapacity(`team ${name}`, capacity, used.get(name)?.length ?? 0, more.get(name)?.length ?? 0);
  }
}

function checkCapacity(what: string, capacity: number, used: number, more: number): void {
  if (more === 0 || used + more <= capacity) return;
  throw new MusterError(
    "SESSION_FULL",
    `Cannot seat ${more} more players as ${what} holds ${capacity}: ${used} are taken`,
    {
      metadata: { capacity: String(capacity), used: String(used) },
    },
  );
}
