// M-FRESH: whoever is matched was searching, and in time, at the moment that the match's record says.
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "M-FRESH";

export function mFresh(books: Books): Checker {
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "matcher-fact") return;
      const { fact, journalMs } = observation;
      if (fact.type !== "match-formed" && fact.type !== "fill-decided") return;
      for (const { ticketId } of books.steps) {
        const ticket = books.matcher.tickets.get(ticketId);
        if (!ticket) throw new BrokenPromise(NAME, `${ticketId} is matched and unknown`);
        if (ticket.phase === "TIMED_OUT" || ticket.phase === "FAILED") {
          throw new BrokenPromise(NAME, `${ticketId} is matched and was ${ticket.phase}`);
        }
        if (ticket.timesOutAtMs <= journalMs) {
          throw new BrokenPromise(NAME, `${ticketId} is matched ${journalMs - ticket.timesOutAtMs} ms after its time`);
        }
      }
    },
  };
}
