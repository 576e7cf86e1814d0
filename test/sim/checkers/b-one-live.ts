// B-ONE-LIVE: a battle session has one live backfill at most, and what is said of a backfill is said of that one.
import type { Books } from "./books/books.ts";
import { isLiveBackfill } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "B-ONE-LIVE";

export function bOneLive(books: Books): Checker {
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "matcher-fact") return;
      const { fact } = observation;
      if (fact.type !== "backfill-started" && fact.type !== "backfill-changed") return;
      const { battleSessionId, backfill } = fact;
      const present = books.matcher.sessions.get(battleSessionId)?.backfill;
      if (fact.type === "backfill-started") {
        if (!isLiveBackfill(present)) return;
        throw new BrokenPromise(NAME, `${battleSessionId} gets ${backfill.backfillId} beside ${present?.backfillId}`);
      }
      if (present?.backfillId !== backfill.backfillId) {
        throw new BrokenPromise(NAME, `${backfill.backfillId} changes while ${present?.backfillId} is the session's`);
      }
      if (isLiveBackfill(present) || !isLiveBackfill(backfill)) return;
      throw new BrokenPromise(NAME, `${backfill.backfillId} was ${present.state} and is ${backfill.state} again`);
    },
  };
}
