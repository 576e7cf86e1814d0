// Whether a ticket can still be taken out of the search, said truthfully (T-CANCEL-TRUTH).
import { unreachable } from "@muster/kit";
import { type MatchId, MusterError, type TicketId } from "@muster/proto";
import type { MatcherFact } from "./fact.ts";
import type { MatcherState } from "./matcher-state.ts";
import type { Ticket } from "./ticket.ts";

export type CancelDecision =
  | { readonly type: "decided"; readonly facts: readonly MatcherFact[] }
  /** A fill with the ticket is being applied: ask again when it has its outcome. */
  | { readonly type: "wait" };

/**
 * The facts that cancel the ticket; none if it has ended without a match already.
 *
 * @throws {MusterError} TICKET_NOT_FOUND; TICKET_ALREADY_MATCHED with the match id if it is too late.
 */
export function decideCancelMatching(state: MatcherState, ticketId: TicketId): CancelDecision {
  const ticket = getTicket(state, ticketId);
  switch (ticket.state.phase) {
    case "SEARCHING":
      return { type: "decided", facts: [{ type: "ticket-cancelled", ticketId }] };
    case "CLAIMED":
      return { type: "wait" };
    case "PLACING":
    case "COMPLETED":
      throw alreadyMatched(ticket, ticket.state.matchId);
    case "CANCELLED":
    case "TIMED_OUT":
    case "FAILED":
      return { type: "decided", facts: [] };
    default:
      return unreachable(ticket.state);
  }
}

/** The ticket as it stands: a later change makes another value. @throws {MusterError} TICKET_NOT_FOUND. */
export function getTicket(state: MatcherState, ticketId: TicketId): Ticket {
  const entry = state.tickets.get(ticketId);
  if (entry) return entry.ticket;
  const why = `Cannot find ticket ${ticketId} as none has the id, or its retention has ended`;
  throw new MusterError("TICKET_NOT_FOUND", why, { metadata: { ticketId } });
}

function alreadyMatched(ticket: Ticket, matchId: MatchId | undefined): MusterError {
  const why = `Cannot cancel ticket ${ticket.ticketId} as only a ticket that searches can be: it is ${ticket.state.phase}`;
  return new MusterError("TICKET_ALREADY_MATCHED", why, { metadata: { matchId: matchId ?? "" } });
}
