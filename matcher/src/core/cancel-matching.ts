// Whether a ticket can still be taken out of the search, said truthfully (T-CANCEL-TRUTH).
import { invariant, unreachable } from "@muster/kit";
import { type MatchId, MusterError, type TicketId } from "@muster/proto";
import { decideRefusal, decideUnanswered } from "./end-proposal.ts";
import type { MatcherFact } from "./fact.ts";
import type { MatcherState } from "./matcher-state.ts";
import type { CalledOff, Ticket } from "./ticket.ts";

export type CancelDecision =
  | { readonly type: "decided"; readonly facts: readonly MatcherFact[] }
  /** A fill with the ticket is being applied: ask again when it has its outcome. */
  | { readonly type: "wait" };

/**
 * The facts that cancel the ticket, by request unless there is another `cause`; none if it has ended without a match already.
 *
 * @throws {MusterError} TICKET_NOT_FOUND; TICKET_ALREADY_MATCHED with the match id if it is too late.
 */
export function decideCancelMatching(
  state: MatcherState,
  ticketId: TicketId,
  nowMs: number,
  cause?: CalledOff,
): CancelDecision {
  const ticket = getTicket(state, ticketId);
  switch (ticket.state.phase) {
    case "PREPARING":
    case "SEARCHING":
      return { type: "decided", facts: [{ type: "ticket-cancelled", ticketId, cause }] };
    case "CLAIMED":
      return { type: "wait" };
    case "REQUIRES_ACCEPTANCE":
      return {
        type: "decided",
        facts: cancelProposed(state, { ticketId, matchId: ticket.state.matchId, cause }, nowMs),
      };
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

/** A refusal. Past the deadline the others have theirs to blame: the proposal ends by that, and this ticket whatever comes of it. */
function cancelProposed(
  state: MatcherState,
  {
    ticketId,
    matchId,
    cause,
  }: { readonly ticketId: TicketId; readonly matchId: MatchId; readonly cause: CalledOff | undefined },
  nowMs: number,
): readonly MatcherFact[] {
  const proposal = state.proposals.get(matchId);
  invariant(proposal, "a ticket that is asked is in an open proposal");
  if (nowMs < proposal.acceptance.deadlineAtMs) {
    return [decideRefusal(state, proposal, { ticketId, fate: cause ?? "CANCELLED", nowMs })];
  }
  const ended = decideUnanswered(state, proposal, nowMs);
  const fate = ended.outcomes.find((outcome) => outcome.ticketId === ticketId)?.fate;
  return fate === "RETURNED_UNANSWERED" ? [ended, { type: "ticket-cancelled", ticketId, cause }] : [ended];
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
