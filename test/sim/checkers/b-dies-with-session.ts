// B-DIES-WITH-SESSION: a session's end is the end of its backfill, at the fleet at once, at the matcher with the record of it.
import type { Books } from "./books/books.ts";
import { isOver } from "./books/fleet-book.ts";
import { isLiveBackfill } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "B-DIES-WITH-SESSION";

export function bDiesWithSession(books: Books): Checker {
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "fleet-fact" && observation.fact.type === "session-changed") {
        const { battleSessionId, state, backfill } = observation.fact.change;
        if (state !== "TERMINATED") return;
        const last = backfill ?? books.fleet.sessions.get(battleSessionId)?.backfill;
        if (isLiveBackfill(last))
          throw new BrokenPromise(NAME, `${battleSessionId} is over, its backfill ${last?.state}`);
      }
      if (observation.type !== "matcher-fact") return;
      const { fact } = observation;
      if (fact.type === "session-ended") {
        const session = books.matcher.sessions.get(fact.battleSessionId);
        if (session?.hasEnded) throw new BrokenPromise(NAME, `${fact.battleSessionId} ends a second time`);
        if (!isLiveBackfill(session?.backfill)) return;
        throw new BrokenPromise(NAME, `${fact.battleSessionId} has ended, its backfill is ${session?.backfill?.state}`);
      }
      const isNew =
        fact.type === "backfill-started" || (fact.type === "backfill-changed" && isLiveBackfill(fact.backfill));
      if (!isNew || !books.matcher.sessions.get(fact.battleSessionId)?.hasEnded) return;
      throw new BrokenPromise(NAME, `${fact.battleSessionId} has ended and its backfill is ${fact.backfill.state}`);
    },
    end() {
      if (books.healedMs === undefined) return;
      for (const { battleSessionId, hasEnded } of books.matcher.sessions.values()) {
        const session = books.fleet.sessions.get(battleSessionId);
        if (hasEnded || (session && !isOver(session))) continue;
        throw new BrokenPromise(NAME, `${battleSessionId} is over and the matcher has not heard of it`);
      }
    },
  };
}
