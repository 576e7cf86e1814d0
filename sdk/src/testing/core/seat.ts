// A seat of a test's battle: RESERVED → ACTIVE ⇄ DISCONNECTED → gone, with the reasons that a fleet refuses with.
import { type CreationPolicy, MusterError, type PlayerSession, type PlayerSessionId } from "@muster/proto";
import { type Battle, changed, removedSeat, type SeatMemory } from "./battle.ts";

export type AcceptRequest = {
  readonly playerSessionId: PlayerSessionId;
  readonly requestId: string;
  /** Empty on a first accept. */
  readonly reconnectSecret: string;
  /** What the sidecar gives the player. */
  readonly givenReconnectSecret: string;
};

export type Accepted = {
  readonly battle: Battle;
  readonly seat: PlayerSession;
  readonly reconnectSecret: string;
};

/**
 * A client presented the id. A repeat by request id is answered as the first time.
 *
 * @throws {MusterError} PLAYER_SESSION_ALREADY_ACCEPTED, PLAYER_SESSION_EXPIRED, PLAYER_SESSION_ENDED, RECONNECT_SECRET_WRONG,
 *   SESSION_NOT_ACTIVE.
 */
export function acceptSeat(battle: Battle, request: AcceptRequest): Accepted {
  const { seat, memory } = getSeat(battle, request.playerSessionId);
  if (!seat) throw seatOver(memory);
  const active: PlayerSession = { ...seat, state: "ACTIVE", expiresAtMs: undefined };
  if (memory.reconnectSecret !== undefined && memory.acceptIds.includes(request.requestId)) {
    return { battle, seat: active, reconnectSecret: memory.reconnectSecret };
  }
  checkActive(battle, "accept a player");
  if (seat.state === "ACTIVE") {
    const why = "Cannot accept the player session twice: it is ACTIVE";
    throw new MusterError("PLAYER_SESSION_ALREADY_ACCEPTED", why);
  }
  const returns = seat.state === "DISCONNECTED";
  if (returns && memory.reconnectSecret !== request.reconnectSecret) {
    const given = request.reconnectSecret === "" ? "none was given" : "the one given is wrong";
    const why = `Cannot take the player back without the reconnect secret of the first accept: ${given}`;
    throw new MusterError("RECONNECT_SECRET_WRONG", why);
  }
  const reconnectSecret = memory.reconnectSecret ?? request.givenReconnectSecret;
  const remembered = { ...memory, reconnectSecret, acceptIds: [...memory.acceptIds, request.requestId] };
  const seats = new Map(battle.seats).set(request.playerSessionId, remembered);
  const reason = returns ? "PLAYER_RETURNED" : "PLAYER_ACCEPTED";
  return { battle: changed({ ...battle, seats }, reason, { updated: [active] }), seat: active, reconnectSecret };
}

/**
 * The client's connection broke: the seat is held for the grace. A repeat changes nothing.
 *
 * @throws {MusterError} PLAYER_SESSION_ENDED, PLAYER_SESSION_EXPIRED; PHASE_CONFLICT if the player never came.
 */
export function disconnectSeat(
  battle: Battle,
  playerSessionId: PlayerSessionId,
  expiresAtMs: number,
): { readonly battle: Battle; readonly expiresAtMs: number } {
  const { seat, memory } = getSeat(battle, playerSessionId);
  if (!seat) throw seatOver(memory);
  if (seat.state === "DISCONNECTED") return { battle, expiresAtMs: seat.expiresAtMs ?? expiresAtMs };
  if (seat.state !== "ACTIVE") {
    const why = `Cannot disconnect the player session as nobody has come: it is ${seat.state}`;
    throw new MusterError("PHASE_CONFLICT", why, { metadata: { phase: seat.state } });
  }
  const held: PlayerSession = { ...seat, state: "DISCONNECTED", expiresAtMs };
  return { battle: changed(battle, "PLAYER_DISCONNECTED", { updated: [held] }), expiresAtMs };
}

/** The player has left for good. A repeat changes nothing. */
export function removeSeat(battle: Battle, playerSessionId: PlayerSessionId): Battle {
  const { seat } = getSeat(battle, playerSessionId);
  if (!seat) return battle;
  return changed(battle, "PLAYER_REMOVED", { removed: [removedSeat(seat, "REMOVED")] });
}

/** The battle without the seats whose time has passed. */
export function withoutExpired(battle: Battle, nowMs: number): Battle {
  const isOver = ({ expiresAtMs }: PlayerSession) => expiresAtMs !== undefined && expiresAtMs <= nowMs;
  return battle.session.playerSessions.filter(isOver).reduce((left, seat) => {
    const cause = seat.state === "RESERVED" ? "RESERVATION_EXPIRED" : "GRACE_EXPIRED";
    return changed(left, cause, { removed: [removedSeat(seat, cause)] });
  }, battle);
}

/** @throws {MusterError} SESSION_NOT_ACTIVE. */
export function withPolicy(battle: Battle, creationPolicy: CreationPolicy): Battle {
  checkActive(battle, "change the policy");
  if (battle.session.creationPolicy === creationPolicy) return battle;
  return changed(battle, "CREATION_POLICY_CHANGED", { creationPolicy });
}

/**
 * Newcomers get seats, all of them or none.
 *
 * @throws {MusterError} SESSION_NOT_ACTIVE, SESSION_FULL, TEAM_UNKNOWN, PLAYER_ALREADY_SEATED.
 */
export function withNewcomers(battle: Battle, added: readonly PlayerSession[]): Battle {
  checkActive(battle, "seat players");
  const { teams, capacity, playerSessions, battleSessionId } = battle.session;
  const seated = [...playerSessions, ...added];
  if (new Set(seated.map(({ playerId }) => playerId)).size < seated.length) {
    throw new MusterError("PLAYER_ALREADY_SEATED", `Cannot seat a player twice in session ${battleSessionId}`);
  }
  const rooms = teams.map(({ name, capacity: room }) => ({ name, room }));
  for (const { name, room } of [...rooms, { name: undefined, room: capacity }]) {
    const count = name === undefined ? seated.length : seated.filter(({ team }) => team === name).length;
    if (count <= room) continue;
    const why = `Cannot seat ${added.length} players in session ${battleSessionId} as ${name ?? "it"} has ${room} seats`;
    throw new MusterError("SESSION_FULL", why);
  }
  const stranger = added.find(({ team }) => teams.length > 0 && !teams.some(({ name }) => name === team));
  if (stranger) {
    const known = teams.map(({ name }) => name).join(", ");
    throw new MusterError("TEAM_UNKNOWN", `Cannot seat a player in team ${stranger.team}: there are ${known}`);
  }
  return changed(battle, "PLAYERS_ADDED", { added });
}

function checkActive({ session }: Battle, what: string): void {
  if (session.state === "ACTIVE") return;
  throw new MusterError(
    "SESSION_NOT_ACTIVE",
    `Cannot ${what} as session ${session.battleSessionId} is ${session.state}`,
  );
}

function getSeat(battle: Battle, playerSessionId: PlayerSessionId) {
  const memory = battle.seats.get(playerSessionId);
  if (!memory) {
    const why = "Cannot use the player session as the battle has none of that id";
    throw new MusterError("PLAYER_SESSION_NOT_FOUND", why);
  }
  return { memory, seat: battle.session.playerSessions.find((one) => one.playerSessionId === playerSessionId) };
}

function seatOver({ endCause }: SeatMemory): MusterError {
  const why = `Cannot use the player session as it is over: ${endCause}`;
  const isExpired = endCause === "RESERVATION_EXPIRED" || endCause === "GRACE_EXPIRED";
  return new MusterError(isExpired ? "PLAYER_SESSION_EXPIRED" : "PLAYER_SESSION_ENDED", why);
}
