// Which tickets time out next: a binary heap that can also forget one from its middle, so that a million tickets that match
// long before their time leave nothing behind.
import type { TicketId } from "@muster/proto";

type Entry = { readonly ticketId: TicketId; readonly atMs: number };

export interface DeadlineHeap {
  /** Adds a ticket that is not in it. */
  add(ticketId: TicketId, atMs: number): void;
  /** Removes the ticket if it is there. */
  remove(ticketId: TicketId): void;
  /** The earliest time, or undefined when it is empty. */
  nextAtMs(): number | undefined;
  /** Up to `limit` tickets whose time is `nowMs` or earlier. They stay in it. */
  findDue(nowMs: number, limit: number): readonly TicketId[];
  readonly size: number;
}

/** An empty heap. Entries of one time come out in the order of their ids, so that one history has one fold. */
export function createDeadlineHeap(): DeadlineHeap {
  const entries: Entry[] = [];
  const places = new Map<TicketId, number>();

  const put = (entry: Entry, place: number) => {
    entries[place] = entry;
    places.set(entry.ticketId, place);
  };
  const rise = (entry: Entry, from: number) => {
    let place = from;
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = entries[parentPlace];
      if (!parent || !isBefore(entry, parent)) break;
      put(parent, place);
      place = parentPlace;
    }
    put(entry, place);
    return place;
  };
  const sink = (entry: Entry, from: number) => {
    let place = from;
    for (;;) {
      let childPlace = 2 * place + 1;
      const left = entries[childPlace];
      if (!left) break;
      const right = entries[childPlace + 1];
      let child = left;
      if (right && isBefore(right, left)) {
        child = right;
        childPlace += 1;
      }
      if (!isBefore(child, entry)) break;
      put(child, place);
      place = childPlace;
    }
    put(entry, place);
  };

  return {
    add(ticketId, atMs) {
      rise({ ticketId, atMs }, entries.length);
    },
    remove(ticketId) {
      const place = places.get(ticketId);
      if (place === undefined) return;
      places.delete(ticketId);
      const last = entries.pop();
      if (!last || last.ticketId === ticketId) return;
      if (rise(last, place) === place) sink(last, place);
    },
    nextAtMs: () => entries[0]?.atMs,
    findDue(nowMs, limit) {
      const due: TicketId[] = [];
      const visit = (place: number) => {
        const entry = entries[place];
        if (!entry || entry.atMs > nowMs || due.length >= limit) return;
        due.push(entry.ticketId);
        visit(2 * place + 1);
        visit(2 * place + 2);
      };
      visit(0);
      return due;
    },
    get size() {
      return entries.length;
    },
  };
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.ticketId < other.ticketId);
}
