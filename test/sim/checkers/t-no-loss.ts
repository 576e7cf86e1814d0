// T-NO-LOSS: a ticket that was acknowledged is there, until its retention ends; and none is acknowledged that is not durable.
import type { Books } from "./books/books.ts";
import { isCallOf, okOf } from "./books/call-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "T-NO-LOSS";

export function tNoLoss(books: Books): Checker {
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "answer") return;
      const { outcome } = observation;
      const call = books.calls.get(observation.callId);
      if (!call) return;
      if ("refused" in outcome && outcome.refused === "TICKET_NOT_FOUND") {
        const ticket = books.matcher.tickets.get(outcome.metadata.ticketId ?? "");
        if (!ticket || ticket.createdTick > call.startedTick) return;
        throw new BrokenPromise(NAME, `${ticket.ticketId} is durable, and ${call.method} says that there is none`);
      }
      if (!isCallOf(call, "startMatching")) return;
      const ticketId = okOf(call, "startMatching", outcome)?.ticket?.ticketId;
      if (ticketId === undefined || books.matcher.tickets.has(ticketId)) return;
      throw new BrokenPromise(NAME, `${ticketId} was acknowledged and is in no journal`);
    },
  };
}
