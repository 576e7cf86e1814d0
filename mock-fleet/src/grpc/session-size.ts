// A session that did not fit into one answer could be told to nobody: not to its host, not to its watchers, whose streams
// would break at it again and again. So nothing is taken that would make one. A placement alone cannot: its request is a
// fourth of an answer, and the seats of 10,000 players add little to what it says of them.
import {
  type BattleSession,
  fieldInvalid,
  limits,
  type PlayerSession,
  writeBattleSession,
  writePlayerSession,
} from "@muster/proto";
import * as wire from "@muster/proto/session";

/** Bytes of a session with all its seats: an answer, less what travels beside the session in any of them. */
export const SESSION_BYTES_MAX = limits.ANSWER_BYTES_MAX - 16 * 1024;

/** @throws {MusterError} FIELD_INVALID, naming the field that makes the session too large for an answer. */
export function checkFits(field: string, battle: BattleSession): void {
  const bytes = sessionBytes(battle);
  if (bytes <= SESSION_BYTES_MAX) return;
  throw fieldInvalid(field, `such that the session has at most ${SESSION_BYTES_MAX} bytes`, `${bytes} bytes`);
}

/** Of a session as it is told. A seat is measured once: thousands of them stay as they are while one is added. */
export function sessionBytes(battle: BattleSession): number {
  const empty = wire.BattleSession.encode(writeBattleSession({ ...battle, playerSessions: [] })).finish().length;
  return battle.playerSessions.reduce((sum, seat) => sum + seatBytes(seat), empty);
}

const measured = new WeakMap<PlayerSession, number>();

function seatBytes(seat: PlayerSession): number {
  const known = measured.get(seat);
  if (known !== undefined) return known;
  const alone = { ...wire.BattleSession.fromPartial({}), playerSessions: [writePlayerSession(seat)] };
  const bytes = wire.BattleSession.encode(alone).finish().length;
  measured.set(seat, bytes);
  return bytes;
}
