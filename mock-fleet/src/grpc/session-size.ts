// A session that did not fit into one answer could be told to nobody: not to its host, not to its watchers, whose streams
// would break at it again and again. So nothing is taken that would make one. A placement alone cannot: its request is a
// fourth of an answer, and the seats of 10,000 players add little to what it says of them.
import { type BattleSession, fieldInvalid, limits, writeBattleSession } from "@muster/proto";
import * as wire from "@muster/proto/session";

/** Bytes of a session with all its seats: an answer, less what travels beside the session in any of them. */
export const SESSION_BYTES_MAX = limits.ANSWER_BYTES_MAX - 16 * 1024;

/** @throws {MusterError} FIELD_INVALID, naming the field that makes the session too large for an answer. */
export function checkFits(field: string, battle: BattleSession): void {
  const bytes = wire.BattleSession.encode(writeBattleSession(battle)).finish().length;
  if (bytes <= SESSION_BYTES_MAX) return;
  throw fieldInvalid(field, `such that the session has at most ${SESSION_BYTES_MAX} bytes`, `${bytes} bytes`);
}
