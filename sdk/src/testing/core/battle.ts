// One battle session of a test, as its fleet would keep it: the document, what is remembered of seats beside it, and how each
// change is numbered. Pure: whoever owns the time hands it in.
import {
  applySessionChange,
  type BattleSession,
  type ChangeReason,
  type PlayerSession,
  type PlayerSessionId,
  type SeatEndCause,
  type SessionChange,
  type SessionEndCause,
} from "@muster/proto";
import { assessBackfill, type TestBackfill } from "./test-backfill.ts";

/** What is remembered of a seat, also after it has ended. */
export type SeatMemory = {
  /** Ids of the accepts that were granted. */
  readonly acceptIds: readonly string[];
  /** Undefined until the first accept. */
  readonly reconnectSecret: string | undefined;
  /** Undefined while the seat is in use. */
  readonly endCause: SeatEndCause | undefined;
};

export type Battle = {
  readonly session: BattleSession;
  readonly seats: ReadonlyMap<PlayerSessionId, SeatMemory>;
  readonly backfill: TestBackfill | undefined;
  /** Every change so far, for a sidecar that was away. */
  readonly changes: readonly SessionChange[];
  /** Get their seats when the game activates the session. */
  readonly expected: readonly PlayerSession[];
  readonly activateByMs: number;
};

export type ChangeParts = Partial<
  Pick<
    SessionChange,
    "added" | "updated" | "removed" | "backfill" | "state" | "creationPolicy" | "address" | "endCause" | "customData"
  >
>;

/** The battle after the next change; its backfill is looked at anew, and may make another. */
export function changed(battle: Battle, reason: ChangeReason, parts: ChangeParts): Battle {
  const after = withChange(battle, reason, parts);
  const backfill = after.backfill && assessBackfill(after.backfill, after.session);
  if (!backfill || backfill === after.backfill) return after;
  return withChange({ ...after, backfill }, "BACKFILL_UPDATED", { backfill: backfill.document });
}

function withChange(battle: Battle, reason: ChangeReason, parts: ChangeParts): Battle {
  const { session } = battle;
  const { added = [], updated = [], removed = [], ...fields } = parts;
  const touchesRoster = added.length + removed.length > 0 || fields.creationPolicy !== undefined;
  const change: SessionChange = {
    battleSessionId: session.battleSessionId,
    revision: session.revision + 1,
    rosterVersion: session.rosterVersion + (touchesRoster ? 1 : 0),
    ...{ reason, added, updated, removed, ...fields },
  };
  const seats = new Map(battle.seats);
  for (const { playerSessionId } of added) seats.set(playerSessionId, NEW_SEAT);
  for (const { playerSessionId, cause } of removed) {
    seats.set(playerSessionId, { ...(seats.get(playerSessionId) ?? NEW_SEAT), endCause: cause });
  }
  return { ...battle, session: applySessionChange(session, change), seats, changes: [...battle.changes, change] };
}

const NEW_SEAT: SeatMemory = { acceptIds: [], reconnectSecret: undefined, endCause: undefined };

/** The game has loaded it: who is expected gets seats. A repeat changes nothing. */
export function activated(battle: Battle, { nowMs, reservationMs }: { nowMs: number; reservationMs: number }): Battle {
  const { session, expected } = battle;
  if (session.state !== "ACTIVATING") return battle;
  const added = expected.map((seat) => ({ ...seat, expiresAtMs: nowMs + reservationMs }));
  const address = { host: "127.0.0.1", ports: { game: 7500 } };
  return changed({ ...battle, expected: [] }, "SESSION_ACTIVATED", { state: "ACTIVE", address, added });
}

/** Every seat ends with it. A repeat changes nothing. */
export function ended(battle: Battle, endCause: SessionEndCause): Battle {
  const { session } = battle;
  if (session.state === "TERMINATED") return battle;
  const removed = session.playerSessions.map((seat) => removedSeat(seat, "SESSION_ENDED"));
  return changed({ ...battle, expected: [] }, "SESSION_ENDED", { state: "TERMINATED", endCause, removed });
}

export function removedSeat(seat: PlayerSession, cause: SeatEndCause): SessionChange["removed"][number] {
  const { playerSessionId, playerId, team, ticketId } = seat;
  return { playerSessionId, playerId, team, ticketId, cause };
}
