// P-RESERVE-EXPIRES: a seat that nobody came for, or that nobody came back to, is freed once, in its time and not before; the
// clock of seats on a silent host stands still. Whether an accept came first is decided by the order of the journal.
import type { Books } from "./books/books.ts";
import type { Change, SessionEntry } from "./books/fleet-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { createDueList } from "./due-list.ts";

const NAME = "P-RESERVE-EXPIRES";
const LATE_MS = 1_000;

type Deadline = { readonly sessionId: string; readonly playerSessionId: string };

export function pReserveExpires(books: Books): Checker {
  const { sessions } = books.fleet;
  const due = createDueList<Deadline>();
  const checkDue = () => {
    for (;;) {
      const next = due.takeBefore(books.fleetSettledMs - LATE_MS);
      if (!next) return;
      const session = sessions.get(next.sessionId);
      const seat = session?.seats.get(next.playerSessionId);
      // Heard again, a silent host's seats get new deadlines.
      if (!session || session.isUnreachable || seat?.expiresAtMs === undefined) continue;
      if (seat.expiresAtMs >= books.fleetSettledMs - LATE_MS) continue;
      throw new BrokenPromise(
        NAME,
        `the seat of ${seat.playerId} in ${next.sessionId} is ${seat.state} after its time`,
      );
    }
  };
  const checkFreed = (session: SessionEntry, { removed }: Change, journalMs: number) => {
    for (const { playerSessionId, cause, playerId } of removed) {
      if (cause !== "RESERVATION_EXPIRED" && cause !== "GRACE_EXPIRED") continue;
      const seat = session.seats.get(playerSessionId);
      const state = cause === "RESERVATION_EXPIRED" ? "RESERVED" : "DISCONNECTED";
      const isTime = seat?.expiresAtMs !== undefined && seat.expiresAtMs <= journalMs && !session.isUnreachable;
      if (seat?.state === state && isTime) continue;
      const why = `the seat of ${playerId} in ${session.battleSessionId} ends by ${cause} at ${journalMs}: it is ${seat?.state} until ${seat?.expiresAtMs}`;
      throw new BrokenPromise(NAME, why);
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "fleet-fact") return;
      const { fact, journalMs } = observation;
      checkDue();
      if (fact.type !== "session-changed") return;
      const { change } = fact;
      const session = sessions.get(change.battleSessionId);
      if (session) checkFreed(session, change, journalMs);
      for (const { playerSessionId, expiresAtMs } of [...change.added, ...change.updated]) {
        if (expiresAtMs !== undefined) due.add(expiresAtMs, { sessionId: change.battleSessionId, playerSessionId });
      }
    },
  };
}
