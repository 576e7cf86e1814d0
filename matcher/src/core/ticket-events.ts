// What watchers of tickets hear: every visible change, numbered over the whole matcher, so that a number says where to go on.
import type { SessionEndCause } from "@muster/proto";
import { type Captured, createEventLog, type EventLog } from "./event-log.ts";
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

export type TicketEventLog = EventLog<TicketEventRecord>;
export type CapturedEvents = Captured<TicketEventRecord>;

export const createTicketEventLog: (events?: readonly TicketEventRecord[], lastNumber?: number) => TicketEventLog =
  createEventLog;

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
