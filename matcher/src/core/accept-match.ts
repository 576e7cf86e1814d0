// What a player's answer to a proposed match means (M-ACCEPT-ALL): only what is said of this match, and before its deadline, counts.
import { invariant } from "@muster/kit";
import { type MatchId, MusterError, type PlayerId, type TicketId } from "@muster/proto";
import { getTicket } from "./cancel-matching.ts";
import { decideRefusal } from "./end-proposal.ts";
import type { MatcherFact } from "./fact.ts";
import type { MatcherState } from "./matcher-state.ts";
import { isAccepted, withAccepted } from "./proposal.ts";
import { cancelOthers } from "./query/other-tickets.ts";
import { includesPlayer, readPhase, type Ticket } from "./ticket.ts";
import { historyOf } from "./ticket-events.ts";

export type AcceptMatch = {
  readonly ticketId: TicketId;
  /** The match that the players were shown. */
  readonly matchId: MatchId;
  /** Of the ticket. */
  readonly playerIds: readonly PlayerId[];
  readonly answer: "ACCEPT" | "REFUSE";
};

/**
 * The facts of the answer; none if it says what holds already.
 *
 * @throws {MusterError} TICKET_NOT_FOUND, PLAYER_NOT_IN_TICKET, PROPOSAL_NOT_FOUND, PROPOSAL_ENDED, PROPOSAL_REFUSED.
 */
export function decideAcceptMatch(state: MatcherState, request: AcceptMatch, nowMs: number): readonly MatcherFact[] {
  const { ticketId, matchId, playerIds, answer } = request;
  const ticket = getTicket(state, ticketId);
  const { state: at } = ticket;
  for (const playerId of playerIds) checkInTicket(ticket, playerId);
  if (at.phase !== "REQUIRES_ACCEPTANCE" || at.matchId !== matchId) return repeatOf(state, ticket, request);
  const proposal = state.proposals.get(matchId);
  invariant(proposal, "a ticket that is asked is in an open proposal");
  if (nowMs >= proposal.acceptance.deadlineAtMs) throw proposalEnded(ticket, matchId, "its time has passed");
  if (answer === "REFUSE") return [decideRefusal(state, proposal, { ticketId, fate: "REFUSED", nowMs })];
  const after = withAccepted(proposal.view, playerIds);
  if (after === proposal.view) return [];
  const accepted: MatcherFact = { type: "match-accepted", matchId, ticketId, playerIds };
  const configuration = state.configurations.get(proposal.match.configuration);
  // Now they are matched: with queries a player may have tickets that search.
  if (!configuration?.query || !isAccepted(after)) return [accepted];
  return [accepted, ...cancelOthers(state, configuration, proposal.match.players)];
}

/** Nothing, where the answer is what the ticket has come to. */
function repeatOf(state: MatcherState, ticket: Ticket, { matchId, answer }: AcceptMatch): readonly MatcherFact[] {
  const { state: at } = ticket;
  const isThis = "matchId" in at && at.matchId === matchId;
  if (isThis && at.phase === "CANCELLED" && at.cause === "ACCEPTANCE_REFUSED") {
    if (answer === "REFUSE") return [];
    const why = `Cannot accept match ${matchId} as ticket ${ticket.ticketId} has refused it`;
    throw new MusterError("PROPOSAL_REFUSED", why, { metadata: { matchId } });
  }
  if (!wasProposed(state, ticket, matchId)) {
    const phase = readPhase(at);
    const why = `Cannot answer for ticket ${ticket.ticketId} as match ${matchId} must be proposed to it: it is ${phase}`;
    throw new MusterError("PROPOSAL_NOT_FOUND", why, { metadata: { matchId, state: phase } });
  }
  // Everybody has accepted: whoever says so again is told what became of it.
  if (isThis && answer === "ACCEPT" && at.phase !== "CANCELLED") return [];
  throw proposalEnded(ticket, matchId, `the ticket is ${readPhase(at)}`);
}

function wasProposed(state: MatcherState, { ticketId }: Ticket, matchId: MatchId): boolean {
  const entry = state.tickets.get(ticketId);
  invariant(entry, "a ticket that was found is there");
  return historyOf(entry).some(({ ticket }) => {
    return ticket.state.phase === "REQUIRES_ACCEPTANCE" && ticket.state.matchId === matchId;
  });
}

function proposalEnded({ ticketId, state }: Ticket, matchId: MatchId, present: string): MusterError {
  const why = `Cannot answer for ticket ${ticketId} as match ${matchId} must still be open: ${present}`;
  return new MusterError("PROPOSAL_ENDED", why, { metadata: { matchId, state: readPhase(state) } });
}

/** @throws {MusterError} PLAYER_NOT_IN_TICKET. */
export function checkInTicket(ticket: Ticket, playerId: PlayerId): void {
  if (includesPlayer(ticket, playerId)) return;
  const { ticketId } = ticket;
  const why = `Cannot answer for player ${playerId} as only players of the ticket can: ${ticketId} has none of the id`;
  throw new MusterError("PLAYER_NOT_IN_TICKET", why, { metadata: { playerId, ticketId } });
}
