// What a message about a session means to a game that knows it already, or does not: the fold of differences, and of the
// snapshots that stand in for differences that nobody keeps any more.
import {
  applySessionChange,
  type BattleSession,
  type ChangeReason,
  type PlayerSession,
  type SeatEndCause,
  type SessionChange,
} from "@muster/proto";

/** A reason of the fleet's; or SNAPSHOT where several changes arrived as one, each of them included. */
export type UpdateReason = ChangeReason | "SNAPSHOT";

export type SessionNews =
  | { readonly type: "start"; readonly session: BattleSession; readonly activateByMs: number | undefined }
  | { readonly type: "snapshot"; readonly session: BattleSession }
  | { readonly type: "change"; readonly change: SessionChange }
  /** A change that this build cannot read, as a newer sidecar may send it. */
  | { readonly type: "unreadable"; readonly revision: number }
  /** The session is over, and nothing more is known of it. */
  | { readonly type: "ended" };

export type EndedSeat = {
  readonly seat: PlayerSession;
  /** Undefined where only a snapshot showed that the seat is gone. */
  readonly cause: SeatEndCause | undefined;
};

export type FoldedUpdate = {
  readonly reason: UpdateReason;
  readonly added: readonly PlayerSession[];
  readonly updated: readonly PlayerSession[];
  readonly removed: readonly EndedSeat[];
};

export type Fold =
  /** The game knows it all already, or need not know. */
  | { readonly type: "same" }
  /** Changes are missing: only a snapshot helps. */
  | { readonly type: "gap" }
  /** A session that the game has not seen: it is to load it. */
  | { readonly type: "started"; readonly session: BattleSession; readonly activateByMs: number | undefined }
  | { readonly type: "updated"; readonly session: BattleSession; readonly update: FoldedUpdate };

/** `known` is the session as last folded, undefined if the game has not seen it. */
export function foldNews(known: BattleSession | undefined, news: SessionNews): Fold {
  // The end is the last that a game hears, whatever the matcher notes on the session afterwards.
  if (known?.state === "TERMINATED") return { type: "same" };
  switch (news.type) {
    case "start":
      return known ? foldSnapshot(known, news.session) : { ...news, type: "started" };
    case "snapshot":
      if (known) return foldSnapshot(known, news.session);
      if (news.session.state === "TERMINATED") return { type: "same" };
      return { type: "started", session: news.session, activateByMs: undefined };
    case "change":
      return known ? foldChange(known, news.change) : { type: "gap" };
    case "unreadable":
      return known && news.revision <= known.revision ? { type: "same" } : { type: "gap" };
    case "ended":
      return known ? foldEnd(known) : { type: "same" };
  }
}

function foldChange(known: BattleSession, change: SessionChange): Fold {
  if (change.revision <= known.revision) return { type: "same" };
  if (change.revision > known.revision + 1) return { type: "gap" };
  const session = applySessionChange(known, change);
  const seats = new Map(known.playerSessions.map((seat) => [seat.playerSessionId, seat]));
  const removed = change.removed.flatMap(({ playerSessionId, cause }) => {
    const seat = seats.get(playerSessionId);
    return seat ? [{ seat, cause }] : [];
  });
  const { reason, added, updated } = change;
  return { type: "updated", ...clearSeats(session, { reason, added, updated, removed }) };
}

function foldSnapshot(known: BattleSession, session: BattleSession): Fold {
  if (session.revision <= known.revision) return { type: "same" };
  return { type: "updated", ...clearSeats(session, { reason: "SNAPSHOT", ...differSeats(known, session) }) };
}

function foldEnd(known: BattleSession): Fold {
  const session: BattleSession = { ...known, state: "TERMINATED" };
  const update = { reason: "SESSION_ENDED", added: [], updated: [], removed: [] } as const;
  return { type: "updated", ...clearSeats(session, update) };
}

/** A session that is over has no seats, whether or not whoever said so named each of them. */
function clearSeats(
  session: BattleSession,
  update: FoldedUpdate,
): { readonly session: BattleSession; readonly update: FoldedUpdate } {
  if (session.state !== "TERMINATED" || session.playerSessions.length === 0) return { session, update };
  const left = session.playerSessions.map((seat): EndedSeat => ({ seat, cause: "SESSION_ENDED" }));
  return {
    session: { ...session, playerSessions: [] },
    update: { ...update, added: [], updated: [], removed: [...update.removed, ...left] },
  };
}

function differSeats(before: BattleSession, after: BattleSession): Omit<FoldedUpdate, "reason"> {
  const old = new Map(before.playerSessions.map((seat) => [seat.playerSessionId, seat]));
  const now = new Set(after.playerSessions.map((seat) => seat.playerSessionId));
  const cause = after.state === "TERMINATED" ? "SESSION_ENDED" : undefined;
  return {
    added: after.playerSessions.filter((seat) => !old.has(seat.playerSessionId)),
    updated: after.playerSessions.filter((seat) => {
      const was = old.get(seat.playerSessionId);
      return was !== undefined && !isSameSeat(was, seat);
    }),
    removed: before.playerSessions.filter((seat) => !now.has(seat.playerSessionId)).map((seat) => ({ seat, cause })),
  };
}

/** Attributes and ticket of a seat never change. */
function isSameSeat(a: PlayerSession, b: PlayerSession): boolean {
  return a.state === b.state && a.team === b.team && a.expiresAtMs === b.expiresAtMs;
}
