// Every ticket that an observation shows to somebody: answers of calls and events of watches.
import type { Ticket } from "@muster/proto/matchmaking";
import type { Observation } from "../observation.ts";
import type { Books } from "./books/books.ts";
import { isCallOf, okOf } from "./books/call-book.ts";

export type Shown = {
  /** Who was shown it. */
  readonly reader: string;
  readonly ticket: Ticket;
  /** Number of the observation at which the reader asked; for an event, of the event itself. */
  readonly askedTick: number;
};

/** The tickets shown by `observation`, in their order. */
export function shownTickets(books: Books, observation: Observation): readonly Shown[] {
  if (observation.type === "ticket-event") {
    const { watcher, event } = observation;
    return event.ticket ? [{ reader: watcher, ticket: event.ticket, askedTick: books.tick }] : [];
  }
  if (observation.type !== "answer" || !("ok" in observation.outcome)) return [];
  const call = books.calls.get(observation.callId);
  if (!call) return [];
  const { outcome } = observation;
  const tickets = isCallOf(call, "describeMatchingProgress")
    ? okOf(call, "describeMatchingProgress", outcome)?.tickets
    : isCallOf(call, "listTickets")
      ? okOf(call, "listTickets", outcome)?.tickets
      : [
          okOf(call, "startMatching", outcome)?.ticket ??
            okOf(call, "cancelMatching", outcome)?.ticket ??
            okOf(call, "acceptMatch", outcome)?.ticket ??
            okOf(call, "joinMatching", outcome)?.ticket ??
            okOf(call, "declineMatching", outcome)?.ticket ??
            okOf(call, "describeTicketHistory", outcome)?.ticket,
        ];
  return (tickets ?? [])
    .filter((ticket) => ticket !== undefined)
    .map((ticket) => ({ reader: call.caller, ticket, askedTick: call.startedTick }));
}
