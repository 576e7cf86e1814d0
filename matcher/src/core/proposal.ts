// A match that waits until all its players have accepted it: who has so far, and what becomes of its tickets when it ends otherwise.
import type { MatchId, PlayerId, TicketId } from "@muster/proto";
import type { Deadline } from "./deadline-heap.ts";
import type { AssignedPlayer, Match } from "./match.ts";
import type { TicketCause } from "./ticket.ts";

/** As it was when the match formed: a later change of the configuration does not concern it. */
export type AcceptanceTerms = {
  /** Journal time from which an answer is too late. Whole. */
  readonly deadlineAtMs: number;
  /** The tickets of those who are not to blame search on; otherwise they are CANCELLED. */
  readonly autoContinue: boolean;
};

/** What its tickets show of it. The terms are shared by all of them, and by all that was told of them. */
export type ProposalView = {
  readonly terms: ProposalTerms;
  /** Places in `terms.players` of those who have accepted, in the order of their answers. */
  readonly accepted: readonly number[];
};

export type ProposalTerms = {
  readonly matchId: MatchId;
  /** For display. */
  readonly expiresAtWallMs: number;
  readonly players: readonly AssignedPlayer[];
};

/** One that is open. */
export type Proposal = {
  readonly match: Match;
  readonly acceptance: AcceptanceTerms;
  readonly view: ProposalView;
  /** Stands under its first ticket among the deadlines: a ticket is in one proposal at most, and has no other deadline then. */
  readonly deadline: Deadline;
};

/** What becomes of one ticket of a proposal that ends without a match. `_REFUSED` and `_UNANSWERED` are of another ticket. */
export type ProposalFate =
  | "REFUSED"
  | "CANCELLED"
  | "PARTY_CHANGED"
  | "OWNER_GONE"
  | "SILENT"
  | "RETURNED_REFUSED"
  | "RETURNED_UNANSWERED"
  | "DISSOLVED_REFUSED"
  | "DISSOLVED_UNANSWERED"
  | "TIMED_OUT";

export type AfterProposal = {
  readonly phase: "SEARCHING" | "CANCELLED" | "TIMED_OUT";
  readonly cause: TicketCause;
};

export const afterProposal: Readonly<Record<ProposalFate, AfterProposal>> = {
  REFUSED: { phase: "CANCELLED", cause: "ACCEPTANCE_REFUSED" },
  CANCELLED: { phase: "CANCELLED", cause: "CANCELLED_BY_REQUEST" },
  PARTY_CHANGED: { phase: "CANCELLED", cause: "PARTY_CHANGED" },
  OWNER_GONE: { phase: "CANCELLED", cause: "OWNER_GONE" },
  SILENT: { phase: "CANCELLED", cause: "ACCEPTANCE_TIMED_OUT" },
  RETURNED_REFUSED: { phase: "SEARCHING", cause: "MATCH_REFUSED" },
  RETURNED_UNANSWERED: { phase: "SEARCHING", cause: "MATCH_UNANSWERED" },
  DISSOLVED_REFUSED: { phase: "CANCELLED", cause: "MATCH_REFUSED" },
  DISSOLVED_UNANSWERED: { phase: "CANCELLED", cause: "MATCH_UNANSWERED" },
  TIMED_OUT: { phase: "TIMED_OUT", cause: "REQUEST_TIMED_OUT" },
};

/**
 * Steps in which the tickets of a proposal hear of one another's acceptance. With so many players each answer is told to all;
 * beyond it a battle of hundreds would have as many events as the square of its players.
 */
export const PROGRESS_STEPS_MAX = 40;

/** The proposal that a match with acceptance becomes. @param expiresAtWallMs of its deadline. */
export function openProposal(
  match: Match,
  { acceptance, expiresAtWallMs }: { readonly acceptance: AcceptanceTerms; readonly expiresAtWallMs: number },
): Proposal {
  const { matchId, players } = match;
  const terms = { matchId, expiresAtWallMs, players };
  const deadline = { ticketId: firstTicketOf(players), atMs: acceptance.deadlineAtMs, place: -1 };
  return { match, acceptance, view: { terms, accepted: [] }, deadline };
}

function firstTicketOf(players: readonly AssignedPlayer[]): TicketId {
  return players[0]?.ticketId ?? ("" as TicketId);
}

/** The view after players have accepted; the same value if all of them had. */
export function withAccepted(view: ProposalView, playerIds: readonly PlayerId[]): ProposalView {
  const asked = new Set(playerIds);
  const before = new Set(view.accepted);
  const added = [...view.terms.players.keys()].filter((place) => {
    const player = view.terms.players[place];
    return player !== undefined && asked.has(player.playerId) && !before.has(place);
  });
  return added.length === 0 ? view : { terms: view.terms, accepted: [...view.accepted, ...added] };
}

/** Whether everybody has accepted. */
export function isAccepted({ terms, accepted }: ProposalView): boolean {
  return accepted.length === terms.players.length;
}

/** Whether tickets whose own players have not answered are told of the step from `before` to `after`. */
export function isToldToAll(before: ProposalView, after: ProposalView): boolean {
  const step = Math.ceil(after.terms.players.length / PROGRESS_STEPS_MAX);
  return Math.floor(before.accepted.length / step) !== Math.floor(after.accepted.length / step);
}

/** Tickets whose players have all accepted. */
export function acceptedTickets({ terms, accepted }: ProposalView): ReadonlySet<TicketId> {
  const missing = new Map<TicketId, number>();
  for (const { ticketId } of terms.players) missing.set(ticketId, (missing.get(ticketId) ?? 0) + 1);
  for (const place of accepted) {
    const ticketId = terms.players[place]?.ticketId;
    if (ticketId !== undefined) missing.set(ticketId, (missing.get(ticketId) ?? 0) - 1);
  }
  return new Set([...missing].filter(([, players]) => players === 0).map(([ticketId]) => ticketId));
}
