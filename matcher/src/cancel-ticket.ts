// Cancelling a ticket truthfully takes waiting: while a fill with it is being applied nobody knows yet.
import type { TicketId } from "@muster/proto";
import { decideCancelMatching, getTicket } from "./core/cancel-matching.ts";
import type { MatcherState } from "./core/matcher-state.ts";
import type { Ticket } from "./core/ticket.ts";
import type { WithheldTickets } from "./withheld-tickets.ts";
import { decideAndShow, type Workshop } from "./workshop.ts";

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
    let waits = false;
    const decision = (state: MatcherState, nowMs: number) => {
      const decided = decideCancelMatching(state, ticketId, nowMs);
      waits = decided.type === "wait";
      return decided.type === "wait" ? [] : decided.facts;
    };
    const ticket = await decideAndShow(desk, decision, (state) => getTicket(state, ticketId));
    if (!waits) return ticket;
    await desk.committed.next(signal);
  }
}
