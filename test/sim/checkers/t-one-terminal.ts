// T-ONE-TERMINAL: a ticket ends once, and never leaves its end; by its time, once nothing fails any more.
import type { Books } from "./books/books.ts";
import { isTerminal } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { createDueList } from "./due-list.ts";
import { SETTLE_MS } from "./settle.ts";

const NAME = "T-ONE-TERMINAL";
/** How late the end of a search may be written. */
const LATE_MS = 2_000;

export function tOneTerminal(books: Books): Checker {
  const due = createDueList<string>();
  const checkDue = (journalMs: number) => {
    for (let id = due.takeBefore(journalMs - LATE_MS); id !== undefined; id = due.takeBefore(journalMs - LATE_MS)) {
      const ticket = books.matcher.tickets.get(id);
      if (!ticket || isTerminal(ticket.phase)) continue;
      if (ticket.timesOutAtMs > journalMs - LATE_MS) {
        due.add(ticket.timesOutAtMs, id); // Its players came, or it returned, and has another time.
        continue;
      }
      if (ticket.phase === "SEARCHING" || ticket.phase === "PREPARING") {
        throw new BrokenPromise(
          NAME,
          `${id} is still ${ticket.phase} ${journalMs - ticket.timesOutAtMs} ms after its time`,
        );
      }
      due.add(journalMs, id); // In placement or claimed: its outcome comes first.
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "matcher-fact") return;
      for (const { ticketId, to } of books.steps) {
        const phase = books.matcher.tickets.get(ticketId)?.phase;
        if (phase !== undefined && isTerminal(phase)) {
          throw new BrokenPromise(NAME, `${ticketId} was ${phase} and is to be ${to}`);
        }
      }
      const { fact, journalMs, atMs } = observation;
      if (fact.type === "ticket-created") due.add(fact.timesOutAtMs, fact.ticketId);
      if (books.healedMs !== undefined && atMs > books.healedMs + SETTLE_MS) checkDue(journalMs);
    },
    end() {
      if (books.healedMs === undefined) return;
      for (const { ticketId, phase } of books.matcher.tickets.values()) {
        if (!isTerminal(phase)) throw new BrokenPromise(NAME, `${ticketId} is still ${phase} after all is over`);
      }
    },
  };
}
