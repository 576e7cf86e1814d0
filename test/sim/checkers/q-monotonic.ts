// Q-MONOTONIC: who was shown a version of a ticket is never shown an older one when asking again.
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { shownTickets } from "./shown-tickets.ts";

const NAME = "Q-MONOTONIC";

type Seen = { readonly version: number; readonly tick: number };

export function qMonotonic(books: Books): Checker {
  /** By reader, by ticket: the newest version seen, and when it was first seen. */
  const seen = new Map<string, Map<string, Seen>>();
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "matcher-fact" && observation.fact.type === "ended-forgotten") {
        for (const versions of seen.values()) {
          for (const ticketId of versions.keys()) if (!books.matcher.tickets.has(ticketId)) versions.delete(ticketId);
        }
      }
      for (const { reader, ticket, askedTick } of shownTickets(books, observation)) {
        const versions = seen.get(reader) ?? new Map<string, Seen>();
        seen.set(reader, versions);
        const before = versions.get(ticket.ticketId);
        // Events lag behind by nature: they count for later reads, not the other way round.
        const isRead = observation.type === "answer";
        if (isRead && before && before.tick < askedTick && ticket.version < before.version) {
          const why = `${reader} saw version ${before.version} of ${ticket.ticketId} and then ${ticket.version}`;
          throw new BrokenPromise(NAME, why);
        }
        if (!before || ticket.version > before.version) {
          versions.set(ticket.ticketId, { version: ticket.version, tick: books.tick });
        }
      }
    },
  };
}
