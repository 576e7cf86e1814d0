// Which tickets time out next: a binary heap that can also forget one from its middle, so that a million tickets that match
// long before their time leave nothing behind.
import type { TicketId } from "@muster/proto";

/** A ticket's place among the deadlines: it is held by whoever may remove it, which saves a map of a million tickets. */
export type Deadline<Id extends string = TicketId> = {
  /** A ticket's, or that of whatever else the heap is of. */
  readonly ticketId: Id;
  readonly atMs: number;
  /** The heap's own: where it stands. -1: not in it. */
  place: number;
};

export interface DeadlineHeap<Id extends string = TicketId, Entry extends Deadline<Id> = Deadline<Id>> {
  /** Adds a deadline that is not in it. */
  add(deadline: Entry): void;
  /** Removes the deadline if it is there. */
  remove(deadline: Entry): void;
  /** The earliest; undefined when it is empty. It stays in it. */
  first(): Entry | undefined;
  /** The earliest time, or undefined when it is empty. */
  nextAtMs(): number | undefined;
  /** Up to `limit` tickets whose time is `nowMs` or earlier. They stay in it. */
  findDue(nowMs: number, limit: number): readonly Id[];
  readonly size: number;
}

/** A heap of `deadlines`; none by default. Entries of one time come out in the order of their ids, so that one history has one fold. */
export function createDeadlineHeap<Id extends string = TicketId, Entry extends Deadline<Id> = Deadline<Id>>(
  deadlines: readonly Entry[] = [],
): DeadlineHeap<Id, Entry> {
  const entries = [...deadlines];

  const put = (entry: Entry, place: number) => {
    entries[place] = entry;
    entry.place = place;
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
  for (const [place, entry] of entries.entries()) entry.place = place;
  for (let place = (entries.length >> 1) - 1; place >= 0; place -= 1) {
    const entry = entries[place];
    if (entry) sink(entry, place);
  }

  return {
    add(deadline) {
      rise(deadline, entries.length);
    },
    remove(deadline) {
      const { place } = deadline;
      if (place < 0) return;
      deadline.place = -1;
      const last = entries.pop();
      if (!last || last === deadline) return;
      if (rise(last, place) === place) sink(last, place);
    },
    first: () => entries[0],
    nextAtMs: () => entries[0]?.atMs,
    findDue(nowMs, limit) {
      const due: Id[] = [];
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

function isBefore(one: Deadline<string>, other: Deadline<string>): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.ticketId < other.ticketId);
}
