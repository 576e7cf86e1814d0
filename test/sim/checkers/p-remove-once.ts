// P-REMOVE-ONCE: a seat is freed once, however often its end is told; and whoever judges by the roster's version sees that
// it changed, and only when it did.
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "P-REMOVE-ONCE";

export function pRemoveOnce(books: Books): Checker {
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return;
      const { change } = observation.fact;
      const session = books.fleet.sessions.get(change.battleSessionId);
      if (!session) return;
      const id = change.battleSessionId;
      for (const { playerSessionId, playerId } of [...change.removed, ...change.added]) {
        if (!session.freed.has(playerSessionId)) continue;
        throw new BrokenPromise(NAME, `the seat of ${playerId} in ${id} was freed before`);
      }
      const isOpened = change.creationPolicy !== undefined || change.unreachable !== undefined;
      const touches = change.added.length + change.removed.length > 0 || isOpened;
      const expected = session.rosterVersion + (touches ? 1 : 0);
      if (change.rosterVersion === expected) return;
      throw new BrokenPromise(
        NAME,
        `${id} has roster version ${change.rosterVersion} after ${change.reason}: ${expected} is next`,
      );
    },
  };
}
