// The last picture of every session of the process: what the fleet said, folded, with the latest changes kept so that a
// game that was away for a moment gets differences instead of a snapshot.
import { applySessionChange, type BattleSession, type SessionChange } from "@muster/proto";

/** Changes kept a session. A game that missed more gets a snapshot. */
const CHANGES_KEPT = 1_000;

export type BookedSession = {
  readonly session: BattleSession;
  /** The latest changes, in order, without a gap, the last one leading to `session`. */
  readonly changes: readonly SessionChange[];
  /** Wall-clock ms by which the session must be active. */
  readonly activateByMs: number;
  /** Of the matcher. Empty: backfill commands have nowhere to go. */
  readonly matcherEndpoint: string;
  readonly capability: string;
};

export type CatchUp =
  | { readonly type: "changes"; readonly changes: readonly SessionChange[] }
  | { readonly type: "start" | "snapshot"; readonly booked: BookedSession };

/** The book with `booked` in it, in place of what it had of the session. */
export function bookSession(
  book: ReadonlyMap<string, BookedSession>,
  booked: BookedSession,
): Map<string, BookedSession> {
  return new Map(book).set(booked.session.battleSessionId, booked);
}

/**
 * The book after a change. A change of a session that the book does not have, or that it has already, changes nothing.
 *
 * @throws {InvariantError} if a change before it is missing.
 */
export function bookChange(
  book: ReadonlyMap<string, BookedSession>,
  change: SessionChange,
): ReadonlyMap<string, BookedSession> {
  const booked = book.get(change.battleSessionId);
  if (!booked) return book;
  const session = applySessionChange(booked.session, change);
  if (session === booked.session) return book;
  const changes = [...booked.changes.slice(1 - CHANGES_KEPT), change];
  return bookSession(book, { ...booked, session, changes });
}

/** What a game that has handled the session up to `revision` must hear now; `undefined` revision: nothing of it yet. */
export function catchUp(booked: BookedSession, revision: number | undefined): CatchUp {
  if (revision === undefined) return { type: booked.session.state === "ACTIVATING" ? "start" : "snapshot", booked };
  const missed = booked.changes.filter((change) => change.revision > revision);
  const bridged = revision + missed.length === booked.session.revision;
  return bridged ? { type: "changes", changes: missed } : { type: "snapshot", booked };
}

/** The session that holds the seat, and the seat. */
export function findSeat(book: ReadonlyMap<string, BookedSession>, playerSessionId: string) {
  for (const { session } of book.values()) {
    const seat = session.playerSessions.find((one) => one.playerSessionId === playerSessionId);
    if (seat) return { session, seat };
  }
  return undefined;
}
