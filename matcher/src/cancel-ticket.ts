// Cancelling a ticket truthfully takes waiting: while a fill with it is being applied nobody knows yet.
import type { TicketId } from "@muster/proto";
import { decideCancelMatching, getTicketEntry } from "./core/cancel-matching.ts";
import type { Ticket } from "./core/ticket.ts";
import type { WithheldTickets } from "./withheld-tickets.ts";
import { decide, type Workshop } from "./workshop.ts";

/**
 * The ticket, which never matches any more. A second call answers the same.
 *
 * @throws {MusterError} TICKET_NOT_FOUND, TICKET_ALREADY_MATCHED; CALL_CANCELLED or DEADLINE_PASSED while a fill has no
 * outcome: whether the ticket is cancelled is then not known, and the call may be repeated.
 */
export async function cancelTicket(
  desk: Pick<Workshop, "ledger" | "clock" | "committed"> & { readonly withheld: WithheldTickets },
  ticketId: TicketId,
  signal: AbortSignal,
): Promise<Ticket> {
  using _held = desk.withheld.hold(ticketId);
  for (;;) {
    const ticket = await decide(desk, (state) => {
      const decision = decideCancelMatching(state, ticketId);
      if (decision.type === "decided") return { facts: decision.facts, reply: true };
      return { facts: [], reply: false };
    }).then((done) => (done ? desk.ledger.read((state) => getTicketEntry(state, ticketId).ticket) : undefined));
    if (ticket) return ticket;
    await desk.committed.next(signal);
  }
}
