// T-RETURN-AGE: a ticket that returns to the search keeps its age, and returns no more often than its configuration says.
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { shownTickets } from "./shown-tickets.ts";

const NAME = "T-RETURN-AGE";

export function tReturnAge(books: Books): Checker {
  return {
    name: NAME,
    see(observation) {
      for (const { ticket: shown } of shownTickets(books, observation)) {
        const ticket = books.matcher.tickets.get(shown.ticketId);
        // Of one that was prepared the search begins later than the ticket.
        if (!ticket || ticket.joined || !shown.createdAt || !shown.timesOutAt) continue;
        const shownMs = shown.timesOutAt.getTime() - shown.createdAt.getTime();
        const searchMs = ticket.timesOutAtMs - ticket.createdMs;
        // Of one that is timed anew from each return, an event may show what held before.
        if (!ticket.deadlinesMs.some((atMs) => Math.abs(shownMs - (atMs - ticket.createdMs)) <= 2)) {
          const why = `${shown.ticketId} may search for ${searchMs} ms and shows ${shownMs} after ${shown.returns} returns`;
          throw new BrokenPromise(NAME, why);
        }
        if (shown.returns > ticket.returns) {
          throw new BrokenPromise(NAME, `${shown.ticketId} shows ${shown.returns} returns of ${ticket.returns}`);
        }
      }
      if (observation.type !== "matcher-fact") return;
      for (const { ticketId, returns, matchId = "" } of books.steps) {
        const most = books.matcher.matches.get(matchId)?.match.placementRetries;
        const before = books.matcher.tickets.get(ticketId)?.placementReturns ?? 0;
        if (!returns || most === undefined || before < most) continue;
        throw new BrokenPromise(NAME, `${ticketId} returns for the ${before + 1}th time of ${most}`);
      }
    },
  };
}
