// T-DELETED: by a configuration that was deleted nobody is matched any more, and whoever is told that it is gone finds nobody who still
// searches by it.
import type { Books } from "./books/books.ts";
import { isCallOf, okOf } from "./books/call-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "T-DELETED";

export function tDeleted({ matcher, calls }: Books): Checker {
  const gone = new Set<string>();
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "matcher-fact") {
        const { fact } = observation;
        if (fact.type === "configuration-deleted") gone.add(fact.name);
        if (fact.type === "configuration-put") gone.delete(fact.configuration.name);
        if (fact.type === "match-formed" && gone.has(fact.match.configuration)) {
          throw new BrokenPromise(
            NAME,
            `${fact.match.matchId} is formed by ${fact.match.configuration}, which is deleted`,
          );
        }
      }
      if (observation.type !== "answer") return;
      const call = calls.get(observation.callId);
      if (!isCallOf(call, "deleteConfiguration") || !okOf(call, "deleteConfiguration", observation.outcome)) return;
      const { name } = call.request;
      if (!gone.has(name)) return; // It was put again since.
      const [left] = matcher.searching.get(name) ?? [];
      if (!left) return;
      throw new BrokenPromise(NAME, `${name} is said to be gone, and ${left.ticketId} still searches by it`);
    },
  };
}
