// The tickets that wait their turn in one round, oldest first, and which of them a search is shown. Searching among the oldest
// alone costs the same however long the queue is, and is what fairness asks for anyway.
import { invariant } from "@muster/kit";
import type { TicketId } from "@muster/proto";
import type { Ticket } from "./ticket.ts";

/** The oldest tickets are tried among themselves first; all together only if that leads to nothing. */
const WINDOW_TICKETS = 256;
/** They hold players for so many of the largest matches at least. */
const WINDOW_MATCHES = 8;

export type Bench = {
  size(): number;
  /** Tickets handed to searches so far. */
  looks(): number;
  /** What `search` makes of the oldest, or, if that is nothing, of all. */
  tryOldest<Found>(search: (free: readonly Ticket[]) => Found | undefined): Found | undefined;
  /** M-DISJOINT: whoever is in a match or fill is in no other. */
  take(ticketIds: readonly TicketId[]): void;
};

/** The tickets of a round; `capacity` is how many players a match may hold. */
export function createBench(tickets: readonly Ticket[], capacity: number): Bench {
  const window = Math.max(WINDOW_TICKETS, WINDOW_MATCHES * capacity);
  let free = tickets.toSorted(
    (one, other) => one.searchingSinceMs - other.searchingSinceMs || one.arrival - other.arrival,
  );
  let looks = 0;
  return {
    size: () => free.length,
    looks: () => looks,
    tryOldest(search) {
      const oldest = free.slice(0, window);
      looks += oldest.length;
      const found = search(oldest);
      if (found !== undefined || oldest.length === free.length) return found;
      looks += free.length;
      return search(free);
    },
    take(ticketIds) {
      const taken = new Set(ticketIds);
      const left = free.filter((ticket) => !taken.has(ticket.ticketId));
      invariant(left.length === free.length - taken.size, "M-DISJOINT: a ticket is matched once");
      free = left;
    },
  };
}
