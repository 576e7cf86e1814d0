// What watchers of tickets hear: every visible change, numbered over the whole matcher, so that a number says where to go on.
import type { SessionEndCause } from "@muster/proto";
import type { Ticket } from "./ticket.ts";

export type TicketEventRecord = {
  /** 1, 2, … over all tickets: a function of the facts alone, the same after every restart. */
  readonly number: number;
  /** Of the fact in the journal. Several tickets may change by one fact. */
  readonly sequence: number;
  readonly type: "STATE_CHANGED" | "PREPARATION_CHANGED" | "ACCEPTANCE_CHANGED" | "SESSION_ENDED";
  /** As it stood after the event. */
  readonly ticket: Ticket;
  readonly atMs: number;
  readonly atWallMs: number;
  readonly sessionEndCause: SessionEndCause | undefined;
  /** The one before it of the same ticket: histories hang on their last event, and share it with the log. */
  readonly previous: TicketEventRecord | undefined;
};

export interface TicketEventLog {
  append(event: Omit<TicketEventRecord, "number">): TicketEventRecord;
  /** Events with a number above `number`, at most `limit`; undefined if the first of them is no longer kept. */
  after(number: number, limit: number): readonly TicketEventRecord[] | undefined;
  /** Forgets events of `untilMs` and earlier. */
  forget(untilMs: number): void;
  /** Puts what `change` answers in place of each event that is kept; numbers stay. */
  replace(change: (event: TicketEventRecord) => TicketEventRecord): void;
  /** Everything that is kept now. The answer stays as it is, whatever is appended, forgotten or replaced later. */
  capture(): CapturedEvents;
  /** Number of the last event; 0 before the first. */
  readonly last: number;
}

/** Events `from` to `until`, the latter not included, of `list`. */
export type CapturedEvents = {
  readonly list: readonly TicketEventRecord[];
  readonly from: number;
  readonly until: number;
};

/**
 * A log of `events`, the last of which is number `lastNumber`; empty by default. Forgetting costs nothing until half of what
 * is held has been forgotten.
 */
export function createTicketEventLog(events: readonly TicketEventRecord[] = [], lastNumber = 0): TicketEventLog {
  let kept = [...events];
  let head = 0;
  let last = lastNumber;
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

/** The event, telling of another value of its ticket. Field by field, as changedTicket() does it. */
export function eventWith(
  event: TicketEventRecord,
  change: Pick<TicketEventRecord, "ticket" | "previous">,
): TicketEventRecord {
  const { number, sequence, type, atMs, atWallMs, sessionEndCause } = event;
  return { number, sequence, type, ticket: change.ticket, atMs, atWallMs, sessionEndCause, previous: change.previous };
}

/** The events that lead to `latest`, oldest first. */
export function historyOf({ latest }: { readonly latest: TicketEventRecord }): readonly TicketEventRecord[] {
  const history: TicketEventRecord[] = [];
  for (let event: TicketEventRecord | undefined = latest; event; event = event.previous) history.push(event);
  return history.reverse();
}
