// The machine of a ticket: what each event makes of its state. Total and pure; a final state changes no more.
import { unreachable } from "@muster/kit";
import type { FillId, MatchId } from "@muster/proto";
import type { Preparation } from "./preparation.ts";
import { afterProposal, type ProposalFate, type ProposalView } from "./proposal.ts";
import type { Assignment, CancelCause, ClaimId, TicketCause, TicketState } from "./ticket.ts";

export type TicketEvent =
  | { readonly type: "claimed"; readonly fillId: ClaimId }
  | {
      readonly type: "fill-applied";
      readonly fillId: FillId;
      readonly matchId: MatchId | undefined;
      readonly assignment: Assignment;
    }
  | { readonly type: "fill-dropped"; readonly fillId: ClaimId }
  | { readonly type: "proposed" | "acceptance-changed"; readonly proposal: ProposalView }
  | { readonly type: "proposal-ended"; readonly matchId: MatchId; readonly fate: ProposalFate }
  | { readonly type: "matched"; readonly matchId: MatchId }
  | { readonly type: "placed"; readonly matchId: MatchId; readonly assignment: Assignment }
  | { readonly type: "placement-lost"; readonly cause: TicketCause; readonly searchesOn: boolean }
  /** `isComplete`: they were the last. */
  | { readonly type: "joined"; readonly preparation: Preparation; readonly isComplete: boolean }
  /** `cause` undefined: by request. */
  | { readonly type: "cancelled"; readonly cause?: CancelCause | undefined }
  | { readonly type: "timed-out" | "declined" | "configuration-deleted" };

/** The state after `event`; the same value if the event changes nothing. */
export function stepTicket(state: TicketState, event: TicketEvent): TicketState {
  switch (state.phase) {
    case "PREPARING":
      return stepPreparing(state, event);
    case "SEARCHING":
      return stepSearching(state, event);
    case "CLAIMED":
      return stepClaimed(state, event);
    case "REQUIRES_ACCEPTANCE":
      return stepProposed(state, event);
    case "PLACING":
      return stepPlacing(state, event);
    case "COMPLETED":
    case "CANCELLED":
    case "TIMED_OUT":
    case "FAILED":
      return state; // Final: a late or repeated event changes nothing.
    default:
      return unreachable(state);
  }
}

type In<Phase extends TicketState["phase"]> = Extract<TicketState, { phase: Phase }>;

function stepPreparing(state: In<"PREPARING">, event: TicketEvent): TicketState {
  switch (event.type) {
    case "joined":
      if (event.isComplete) return { phase: "SEARCHING", cause: undefined };
      return { phase: "PREPARING", preparation: event.preparation };
    case "declined":
      return { phase: "CANCELLED", cause: "PREPARATION_DECLINED", matchId: undefined };
    case "cancelled":
      return { phase: "CANCELLED", cause: event.cause ?? "CANCELLED_BY_REQUEST", matchId: undefined };
    case "configuration-deleted":
      return { phase: "CANCELLED", cause: "CONFIGURATION_DELETED", matchId: undefined };
    case "timed-out":
      return { phase: "TIMED_OUT", cause: "PREPARATION_TIMED_OUT" };
    case "claimed": // In no pool, it meets no match.
    case "fill-applied":
    case "fill-dropped":
    case "proposed":
    case "acceptance-changed":
    case "proposal-ended":
    case "matched":
    case "placed":
    case "placement-lost":
      return state;
    default:
      return unreachable(event);
  }
}

function stepSearching(state: In<"SEARCHING">, event: TicketEvent): TicketState {
  switch (event.type) {
    case "claimed":
      return { phase: "CLAIMED", cause: state.cause, fillId: event.fillId };
    case "proposed":
      return { phase: "REQUIRES_ACCEPTANCE", matchId: event.proposal.terms.matchId, proposal: event.proposal };
    case "matched":
      return { phase: "PLACING", matchId: event.matchId };
    case "placed": // A configuration without a queue: the group is all that there is to it.
      return { phase: "COMPLETED", matchId: event.matchId, assignment: event.assignment };
    case "cancelled":
      return { phase: "CANCELLED", cause: event.cause ?? "CANCELLED_BY_REQUEST", matchId: undefined };
    case "configuration-deleted":
      return { phase: "CANCELLED", cause: "CONFIGURATION_DELETED", matchId: undefined };
    case "timed-out":
      return { phase: "TIMED_OUT", cause: "REQUEST_TIMED_OUT" };
    case "joined":
    case "declined":
    case "acceptance-changed":
    case "proposal-ended":
    case "fill-applied":
    case "fill-dropped":
    case "placement-lost":
      return state;
    default:
      return unreachable(event);
  }
}

function stepClaimed(state: In<"CLAIMED">, event: TicketEvent): TicketState {
  switch (event.type) {
    case "fill-applied":
      if (event.fillId !== state.fillId) return state;
      return { phase: "COMPLETED", matchId: event.matchId, assignment: event.assignment };
    case "fill-dropped":
      return event.fillId === state.fillId ? { phase: "SEARCHING", cause: state.cause } : state;
    case "joined":
    case "declined":
    case "claimed":
    case "proposed":
    case "acceptance-changed":
    case "proposal-ended":
    case "matched":
    case "placed":
    case "placement-lost":
    case "cancelled": // The fill's outcome comes first: until then nobody can say truthfully that it never matches.
    case "configuration-deleted":
    case "timed-out":
      return state;
    default:
      return unreachable(event);
  }
}

function stepProposed(state: In<"REQUIRES_ACCEPTANCE">, event: TicketEvent): TicketState {
  switch (event.type) {
    case "acceptance-changed":
      if (event.proposal.terms.matchId !== state.matchId || event.proposal === state.proposal) return state;
      return { phase: "REQUIRES_ACCEPTANCE", matchId: state.matchId, proposal: event.proposal };
    case "matched":
      return event.matchId === state.matchId ? { phase: "PLACING", matchId: state.matchId } : state;
    case "placed": // Without a queue, as in the search.
      if (event.matchId !== state.matchId) return state;
      return { phase: "COMPLETED", matchId: state.matchId, assignment: event.assignment };
    case "proposal-ended":
      return event.matchId === state.matchId ? endProposed(state, event.fate) : state;
    case "configuration-deleted":
      return { phase: "CANCELLED", cause: "CONFIGURATION_DELETED", matchId: state.matchId };
    case "joined":
    case "declined":
    case "claimed":
    case "fill-applied":
    case "fill-dropped":
    case "proposed":
    case "placement-lost":
    case "cancelled": // A refusal, which ends the proposal for all its tickets.
    case "timed-out": // The proposal has a deadline of its own.
      return state;
    default:
      return unreachable(event);
  }
}

function endProposed({ matchId }: In<"REQUIRES_ACCEPTANCE">, fate: ProposalFate): TicketState {
  const { phase, cause } = afterProposal[fate];
  if (phase === "CANCELLED") return { phase, cause, matchId };
  if (phase === "TIMED_OUT") return { phase, cause };
  return { phase, cause };
}

function stepPlacing(state: In<"PLACING">, event: TicketEvent): TicketState {
  switch (event.type) {
    case "placed":
      if (event.matchId !== state.matchId) return state;
      return { phase: "COMPLETED", matchId: state.matchId, assignment: event.assignment };
    case "placement-lost":
      if (event.searchesOn) return { phase: "SEARCHING", cause: event.cause };
      return { phase: "FAILED", cause: event.cause, matchId: state.matchId };
    case "joined":
    case "declined":
    case "claimed":
    case "fill-applied":
    case "fill-dropped":
    case "proposed":
    case "acceptance-changed":
    case "proposal-ended":
    case "matched":
    case "cancelled":
    case "timed-out":
    case "configuration-deleted": // The match has all that its placement needs.
      return state;
    default:
      return unreachable(event);
  }
}
