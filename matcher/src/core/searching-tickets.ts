// The searching tickets of one pool, in no order. Each carries its own place, here and among the deadlines: maps by id would cost
// a million tickets a hundred megabytes, and a restart a second.
import type { Deadline } from "./deadline-heap.ts";
import type { Ticket } from "./ticket.ts";

/** A ticket while it searches. */
export type Search = Deadline & {
  readonly ticket: Ticket;
  /** The pool's own: where it stands. -1: not in it. */
  poolPlace: number;
  /** The engine's own, likewise. */
  slot: number;
};

/** Who wants to know of searches that begin and end. */
export type SearchObserver = {
  readonly add: (search: Search, atMs: number) => void;
  readonly remove: (search: Search) => void;
};

export interface SearchingTickets {
  /** Adds a search that is not in it, and begins at `atMs`, in journal time: a ticket that comes back is older. */
  add(search: Search, atMs: number): void;
  /** Removes the search if it is there. */
  remove(search: Search): void;
  values(): Iterable<Ticket>;
  /** Who is there now, in no order: not to be kept. */
  all(): readonly Search[];
  /** Tells `observer` of every change from now on, in place of whoever was told before. */
  observe(observer: SearchObserver): void;
  readonly size: number;
}

/** The search that begins with `ticket`, not yet in a pool nor among the deadlines. */
export function searchOf(ticket: Ticket): Search {
  return { ticketId: ticket.ticketId, atMs: ticket.timesOutAtMs, place: -1, ticket, poolPlace: -1, slot: -1 };
}

/** A pool that nobody searches in. */
export function createSearchingTickets(): SearchingTickets {
  const searches: Search[] = [];
  let observer: SearchObserver | undefined;
  return {
    add(search, atMs) {
      search.poolPlace = searches.length;
      searches.push(search);
      observer?.add(search, atMs);
    },
    remove(search) {
      const { poolPlace } = search;
      if (poolPlace < 0) return;
      search.poolPlace = -1;
      observer?.remove(search);
      const last = searches.pop();
      if (!last || last === search) return;
      searches[poolPlace] = last;
      last.poolPlace = poolPlace;
    },
    *values() {
      for (const { ticket } of searches) yield ticket;
    },
    observe(next) {
      observer = next;
    },
    all: () => searches,
    get size() {
      return searches.length;
    },
  };
}
