// What happened, numbered from 1, as long as it is kept. Forgetting costs nothing until half of what is held has been forgotten.

export type NumberedEvent = {
  /** 1, 2, … of its log. */
  readonly number: number;
  /** Journal time, in ms. */
  readonly atMs: number;
};

export interface EventLog<Event extends NumberedEvent> {
  /** The event that `make` answers for its number. */
  append(make: (number: number) => Event): Event;
  /** Events with a number above `number`, at most `limit`; undefined if the first of them is no longer kept. */
  after(number: number, limit: number): readonly Event[] | undefined;
  /** Forgets events of `untilMs` and earlier. */
  forget(untilMs: number): void;
  /** Puts what `change` answers in place of each event that is kept; numbers stay. */
  replace(change: (event: Event) => Event): void;
  /** Everything that is kept now. The answer stays as it is, whatever is appended, forgotten or replaced later. */
  capture(): Captured<Event>;
  /** Number of the last event; 0 before the first. */
  readonly last: number;
}

/** Events `from` to `until`, the latter not included, of `list`. */
export type Captured<Event> = {
  readonly list: readonly Event[];
  readonly from: number;
  readonly until: number;
};

/** A log of `events`, the last of which is number `lastNumber`; empty by default. */
export function createEventLog<Event extends NumberedEvent>(
  events: readonly Event[] = [],
  lastNumber = 0,
): EventLog<Event> {
  let kept = [...events];
  let head = 0;
  let last = lastNumber;
  return {
    append(make) {
      last += 1;
      const event = make(last);
      kept.push(event);
      return event;
    },
    after(number, limit) {
      const first = last - (kept.length - head) + 1;
      if (number + 1 < first) return undefined;
      const from = head + (number + 1 - first);
      return kept.slice(from, from + limit);
    },
    forget(untilMs) {
      for (let event = kept[head]; event && event.atMs <= untilMs; event = kept[head]) head += 1;
      if (head * 2 < kept.length) return;
      kept = kept.slice(head); // Another list: who captured this one goes on with it.
      head = 0;
    },
    replace(change) {
      kept = kept.slice(head).map(change);
      head = 0;
    },
    capture: () => ({ list: kept, from: head, until: kept.length }),
    get last() {
      return last;
    },
  };
}
