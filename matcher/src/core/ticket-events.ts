// What watchers of tickets hear: every visible change, numbered over the whole matcher, so that a number says where to go on.
import type { SessionEndCause } from "@muster/proto";
import type { Ticket } from "./ticket.ts";

export type TicketEventRecord = {
  /** 1, 2, … over all tickets: a function of the facts alone, the same after every restart. */
  readonly number: number;
  /** Of the fact in the journal. Several tickets may change by one fact. */
  readonly sequence: number;
  readonly type: "STATE_CHANGED" | "SESSION_ENDED";
  /** As it stood after the event. */
  readonly ticket: Ticket;
  readonly atMs: number;
  readonly atWallMs: number;
  readonly sessionEndCause: SessionEndCause | undefined;
};

export interface TicketEventLog {
  append(event: Omit<TicketEventRecord, "number">): TicketEventRecord;
  /** Events with a number above `number`, at most `limit`; undefined if the first of them is no longer kept. */
  after(number: number, limit: number): readonly TicketEventRecord[] | undefined;
  /** Forgets events of `untilMs` and earlier. */
  forget(untilMs: number): void;
  /** Number of the last event; 0 before the first. */
  readonly last: number;
}

/** An empty log. Forgetting costs nothing until half of what is held has been forgotten. */
export function createTicketEventLog(): TicketEventLog {
  let kept: TicketEventRecord[] = [];
  let head = 0;
  let last = 0;
  return {
    append(event) {
      last += 1;
      const record = { ...event, number: last };
      kept.push(record);
      return record;
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
      kept = kept.slice(head);
      head = 0;
    },
    get last() {
      return last;
    },
  };
}
