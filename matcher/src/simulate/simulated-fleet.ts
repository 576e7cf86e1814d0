// The fleet of a simulation: it places every match at once, and keeps the battles that backfills look at. Whoever gets a seat
// has accepted it already.
import {
  type Attributes,
  type BattleSession,
  type MatchId,
  MusterError,
  type PlayerId,
  type PlayerSession,
  type PlayerSessionId,
  type ProcessId,
  type ServerSessionId,
  type Team,
  type TicketId,
} from "@muster/proto";

export type SimulatedPlayer = {
  readonly playerId: PlayerId;
  readonly team: string;
  readonly ticketId: TicketId | undefined;
  readonly attributes: Attributes;
};

export type NewBattle = {
  readonly battleSessionId: ServerSessionId;
  readonly matchId: MatchId | undefined;
  readonly configuration: string;
  readonly teams: readonly Team[];
  readonly capacity: number;
  readonly region: string;
  readonly players: readonly SimulatedPlayer[];
  readonly atMs: number;
};

export interface SimulatedFleet {
  find(id: ServerSessionId): BattleSession | undefined;
  /** The session while it runs. @throws {MusterError} BATTLE_SESSION_NOT_FOUND, SESSION_NOT_ACTIVE. */
  getActive(id: ServerSessionId): BattleSession;
  open(battle: NewBattle): BattleSession;
  /** @throws {MusterError} PLAYER_ALREADY_SEATED, SESSION_FULL. */
  seat(id: ServerSessionId, players: readonly SimulatedPlayer[]): BattleSession;
  /** Frees the player's seat. @throws {MusterError} PLAYER_SESSION_NOT_FOUND, PLAYER_SESSION_ENDED. */
  free(id: ServerSessionId, playerId: PlayerId): BattleSession;
  /**
   * Seats a player who left as before; who has not left keeps the seat.
   *
   * @throws {MusterError} PLAYER_SESSION_NOT_FOUND, SESSION_FULL, SESSION_CLOSED_TO_PLAYERS.
   */
  bringBack(id: ServerSessionId, playerId: PlayerId): BattleSession;
  setPolicy(id: ServerSessionId, creationPolicy: BattleSession["creationPolicy"]): BattleSession;
  end(id: ServerSessionId): BattleSession;
}

export function createSimulatedFleet(): SimulatedFleet {
  const sessions = new Map<ServerSessionId, BattleSession>();
  /** Who has left each session. */
  const gone = new Map<ServerSessionId, Map<PlayerId, PlayerSession>>();

  const getActive = (id: ServerSessionId): BattleSession => {
    const session = sessions.get(id);
    if (!session) {
      const why = `Cannot find battle session ${id} as it was not declared, nor did a match become it`;
      throw new MusterError("BATTLE_SESSION_NOT_FOUND", why, { metadata: { battleSessionId: id } });
    }
    if (session.state === "ACTIVE") return session;
    throw new MusterError("SESSION_NOT_ACTIVE", `Cannot use battle session ${id} as it has ended`);
  };
  const change = (before: BattleSession, partial: Partial<BattleSession>): BattleSession => {
    const { revision, rosterVersion } = before;
    const after = { ...before, ...partial, revision: revision + 1, rosterVersion: rosterVersion + 1 };
    sessions.set(before.battleSessionId, after);
    return after;
  };
  const seat: SimulatedFleet["seat"] = (id, players) => {
    const session = getActive(id);
    const seated = new Set(session.playerSessions.map(({ playerId }) => playerId));
    for (const { playerId } of players) {
      if (!seated.has(playerId)) continue;
      const why = `Cannot seat ${playerId} in ${id} as a player is seated once: the player has a seat`;
      throw new MusterError("PLAYER_ALREADY_SEATED", why, { metadata: { playerId } });
    }
    checkRoom(session, players);
    return change(session, { playerSessions: [...session.playerSessions, ...players.map(seatOf)] });
  };
  const getSeat = (session: BattleSession, playerId: PlayerId): PlayerSession => {
    const found = session.playerSessions.find((one) => one.playerId === playerId);
    if (found) return found;
    const id = session.battleSessionId;
    if (gone.get(id)?.has(playerId)) {
      throw new MusterError(
        "PLAYER_SESSION_ENDED",
        `Cannot free the seat of ${playerId} in ${id}: the player has left`,
      );
    }
    throw neverSeated(playerId, id);
  };

  return {
    find: (id) => sessions.get(id),
    getActive,
    seat,
    open(battle) {
      const { players, atMs, ...rest } = battle;
      const session: BattleSession = {
        ...rest,
        revision: 1,
        rosterVersion: 1,
        state: "ACTIVE",
        playerSessions: players.map(seatOf),
        properties: {},
        data: "",
        creationPolicy: "ACCEPT_ALL",
        backfill: undefined,
        address: undefined,
        processId: `proc_${battle.battleSessionId}` as ProcessId,
        incarnation: 1,
        fleet: "simulated",
        createdAtMs: atMs,
        unreachable: false,
        endCause: undefined,
      };
      sessions.set(session.battleSessionId, session);
      return session;
    },
    free(id, playerId) {
      const session = getActive(id);
      const left = getSeat(session, playerId);
      const leavers = gone.get(id) ?? new Map<PlayerId, PlayerSession>();
      gone.set(id, leavers.set(playerId, left));
      return change(session, { playerSessions: session.playerSessions.filter((one) => one !== left) });
    },
    bringBack(id, playerId) {
      const session = getActive(id);
      if (session.playerSessions.some((one) => one.playerId === playerId)) return session;
      const left = gone.get(id)?.get(playerId);
      if (left?.team === undefined) throw neverSeated(playerId, id);
      if (session.creationPolicy === "DENY_ALL") {
        const why = `Cannot bring ${playerId} back into ${id} as its policy must be ACCEPT_ALL: it is DENY_ALL`;
        throw new MusterError("SESSION_CLOSED_TO_PLAYERS", why);
      }
      return seat(id, [{ ...left, team: left.team }]);
    },
    setPolicy(id, creationPolicy) {
      const session = getActive(id);
      return session.creationPolicy === creationPolicy ? session : change(session, { creationPolicy });
    },
    end: (id) => change(getActive(id), { state: "TERMINATED", endCause: "GAME_ENDED", playerSessions: [] }),
  };
}

function neverSeated(playerId: PlayerId, id: ServerSessionId): MusterError {
  const why = `Cannot find ${playerId} in battle session ${id} as the player never had a seat in it`;
  return new MusterError("PLAYER_SESSION_NOT_FOUND", why, { metadata: { playerId } });
}

type Room = Pick<BattleSession, "battleSessionId" | "capacity" | "teams" | "playerSessions">;

/** @throws {MusterError} SESSION_FULL. */
export function checkRoom(
  { battleSessionId, capacity, teams, playerSessions }: Room,
  more: readonly SimulatedPlayer[],
) {
  const full = (what: string, { room, used }: { readonly room: number; readonly used: number }) => {
    const why = `Cannot seat ${more.length} in ${battleSessionId} as ${what} holds ${room}: ${used} are taken`;
    throw new MusterError("SESSION_FULL", why, { metadata: { capacity: String(room), used: String(used) } });
  };
  if (playerSessions.length + more.length > capacity) full("it", { room: capacity, used: playerSessions.length });
  for (const { name, capacity: room } of teams) {
    const added = more.filter(({ team }) => team === name).length;
    const used = added === 0 ? 0 : playerSessions.filter(({ team }) => team === name).length;
    if (used + added > room) full(name, { room, used });
  }
}

function seatOf({ playerId, team, ticketId, attributes }: SimulatedPlayer): PlayerSession {
  const playerSessionId = "" as PlayerSessionId; // Nobody presents it.
  return { playerSessionId, playerId, team, ticketId, state: "ACTIVE", attributes, expiresAtMs: undefined };
}
