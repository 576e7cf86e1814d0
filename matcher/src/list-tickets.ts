// Looking through all tickets, a million perhaps, without keeping anybody waiting: some thousands at a time, and calls of others
// between.
import type { Clock } from "@muster/kit";
import type { TicketId } from "@muster/proto";
import { isSelected, type TicketFilter } from "./core/list-tickets.ts";
import type { MatcherState } from "./core/matcher-state.ts";

/** Tickets that are looked at in one turn of the event loop: some 2 ms. */
export const TICKETS_PER_TURN_MAX = 20_000;

export type TicketSearch = {
  readonly filter: TicketFilter;
  /** Only tickets that arrived before the one of this number. Undefined: all. */
  readonly beforeArrival: number | undefined;
  readonly count: number;
};

/**
 * Ids of the newest `count` tickets that the filter selects, newest first. What changes meanwhile may be in it or not: look again at what it
 * names. Stops early, with fewer, when `signal` aborts.
 */
export async function findNewestTickets(
  state: MatcherState,
  { filter, beforeArrival = Number.POSITIVE_INFINITY, count }: TicketSearch,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<readonly TicketId[]> {
  /** The last `count` of those that were found, round and round. */
  const found: TicketId[] = [];
  let next = 0;
  let looked = 0;
  // Tickets stand in the order of their arrival, and an iterator of a map goes on over changes of it.
  for (const { ticket } of state.tickets.values()) {
    if (ticket.arrival >= beforeArrival) break;
    if (isSelected(ticket, filter)) {
      found[next] = ticket.ticketId;
      next = (next + 1) % count;
    }
    looked += 1;
    if (looked % TICKETS_PER_TURN_MAX !== 0) continue;
    await clock.sleep(0);
    if (signal.aborted) break;
  }
  return [...found.slice(next), ...found.slice(0, next)].toReversed();
}
