// T-LEGAL-EDGE: tickets move along the edges of the published machine (design of ticket states in ARCHITECTURE.md) only.
import type { Books } from "./books/books.ts";
import type { Phase } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "T-LEGAL-EDGE";
const EDGES: Readonly<Record<Phase, readonly Phase[]>> = {
  // More have joined: the state is as before.
  PREPARING: ["PREPARING", "SEARCHING", "CANCELLED", "TIMED_OUT"],
  SEARCHING: ["CLAIMED", "REQUIRES_ACCEPTANCE", "PLACING", "COMPLETED", "CANCELLED", "TIMED_OUT"],
  CLAIMED: ["SEARCHING", "COMPLETED", "REQUIRES_ACCEPTANCE", "PLACING", "CANCELLED"],
  // More have accepted: the state is as before.
  REQUIRES_ACCEPTANCE: ["REQUIRES_ACCEPTANCE", "PLACING", "COMPLETED", "SEARCHING", "CANCELLED", "TIMED_OUT"],
  PLACING: ["SEARCHING", "COMPLETED", "FAILED"],
  COMPLETED: [],
  CANCELLED: [],
  TIMED_OUT: [],
  FAILED: [],
};

export function tLegalEdge(books: Books): Checker {
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "matcher-fact") return;
      for (const { ticketId, to: end, viaSearch } of books.steps) {
        const to = viaSearch ? "SEARCHING" : end;
        const ticket = books.matcher.tickets.get(ticketId);
        if (!ticket) throw new BrokenPromise(NAME, `${ticketId} is to be ${to} and is unknown`);
        if (EDGES[ticket.phase].includes(to)) continue;
        throw new BrokenPromise(NAME, `${ticketId} goes from ${ticket.phase} to ${to} by ${observation.fact.type}`);
      }
    },
  };
}
