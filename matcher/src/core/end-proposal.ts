// How a proposal ends without a match: by a refusal, which counts as one whoever had accepted before, or by its deadline.
import { invariant } from "@muster/kit";
import type { TicketId } from "@muster/proto";
import type { MatcherFact } from "./fact.ts";
import { ticketsOf } from "./match.ts";
import type { MatcherState } from "./matcher-state.ts";
import { acceptedTickets, type Proposal, type ProposalFate } from "./proposal.ts";
import type { CalledOff } from "./ticket.ts";

type ProposalEnded = Extract<MatcherFact, { type: "proposal-ended" }>;

/** The fact that `ticketId` ends the proposal. Who had not answered yet is not blamed. */
export function decideRefusal(
  state: MatcherState,
  proposal: Proposal,
  by: {
    readonly ticketId: TicketId;
    readonly fate: "REFUSED" | "CANCELLED" | CalledOff;
    readonly nowMs: number;
  },
): ProposalEnded {
  return ended(proposal, (ticketId) => {
    return ticketId === by.ticketId ? by.fate : spared(state, proposal, { ticketId, why: "REFUSED", nowMs: by.nowMs });
  });
}

/** The fact that the proposal's time has passed. A ticket with one silent player is to blame as a whole. */
export function decideUnanswered(state: MatcherState, proposal: Proposal, nowMs: number): ProposalEnded {
  const accepted = acceptedTickets(proposal.view);
  return ended(proposal, (ticketId) => {
    return accepted.has(ticketId) ? spared(state, proposal, { ticketId, why: "UNANSWERED", nowMs }) : "SILENT";
  });
}

function ended({ match }: Proposal, fateOf: (ticketId: TicketId) => ProposalFate): ProposalEnded {
  const outcomes = ticketsOf(match.players).map((ticketId) => ({ ticketId, fate: fateOf(ticketId) }));
  return { type: "proposal-ended", matchId: match.matchId, outcomes };
}

/** What becomes of a ticket that is not to blame. Its time may have passed while nobody counted it. */
function spared(
  state: MatcherState,
  { acceptance }: Proposal,
  of: { readonly ticketId: TicketId; readonly why: "REFUSED" | "UNANSWERED"; readonly nowMs: number },
): ProposalFate {
  if (!acceptance.autoContinue) return `DISSOLVED_${of.why}`;
  const ticket = state.tickets.get(of.ticketId)?.ticket;
  invariant(ticket, "a live ticket is remembered");
  const isTimedAnew = state.configurations.get(ticket.configuration)?.requestTimeoutFrom === "RETURN";
  return isTimedAnew || ticket.timesOutAtMs > of.nowMs ? `RETURNED_${of.why}` : "TIMED_OUT";
}
