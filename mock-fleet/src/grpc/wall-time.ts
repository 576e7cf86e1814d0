// Deadlines of seats are journal time inside the fleet and wall-clock time outside.
import type { BattleSession, PlayerSession, SessionChange } from "@muster/proto";

export type WallOf = (journalMs: number) => number;

export function sessionAtWall(battle: BattleSession, wallOf: WallOf): BattleSession {
  return { ...battle, playerSessions: battle.playerSessions.map((seat) => seatAtWall(seat, wallOf)) };
}

export function changeAtWall(change: SessionChange, wallOf: WallOf): SessionChange {
  const seatsAtWall = (seats: readonly PlayerSession[]) => seats.map((seat) => seatAtWall(seat, wallOf));
  return { ...change, added: seatsAtWall(change.added), updated: seatsAtWall(change.updated) };
}

export function seatAtWall(seat: PlayerSession, wallOf: WallOf): PlayerSession {
  return seat.expiresAtMs === undefined ? seat : { ...seat, expiresAtMs: wallOf(seat.expiresAtMs) };
}
