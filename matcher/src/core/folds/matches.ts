// Facts of matches, folded: from the proposal to the seats, or back to the search.
import { invariant } from "@muster/kit";
import type { TicketId } from "@muster/proto";
import type { BackfillRecord } from "../backfill.ts";
import { bornBackfill } from "../born-backfill.ts";
import { grantJoin } from "../join-tokens/join-book.ts";
import { type Match, type PlacingMatch, stepPlacement, ticketsOf } from "../match.ts";
import type { MatcherState } from "../matcher-state.ts";
import { isAccepted, isToldToAll, openProposal, type Proposal, withAccepted } from "../proposal.ts";
import { withMatchedProperties } from "../query/show-properties.ts";
import type { Assignment, TicketCause } from "../ticket.ts";
import { historyOf } from "../ticket-events.ts";
import type { Fact, Times } from "./fact-of.ts";
import { tellBackfill } from "./session-events.ts";
import { newRecord, putSession, splitBySeat } from "./sessions.ts";
import { changeTicket } from "./tickets.ts";

export function formMatch(state: MatcherState, { match }: Fact<"match-formed">, at: Times): MatcherState {
  if (!match.hook) return tell(state, match, at);
  state.weighed.set(match.matchId, match);
  for (const ticketId of ticketsOf(match.players)) {
    changeTicket(state, ticketId, { type: "claimed", fillId: match.matchId }, at);
  }
  return state;
}

/** The hook has spoken: its tickets come back, and go on as it says, unless one of them has ended by coming back. */
export function weighMatch(state: MatcherState, fact: Fact<"match-weighed">, at: Times): MatcherState {
  const held = state.weighed.get(fact.matchId);
  invariant(held, "facts weigh matches that wait for it");
  state.weighed.delete(fact.matchId);
  const ticketIds = ticketsOf(held.players);
  for (const ticketId of ticketIds) changeTicket(state, ticketId, { type: "fill-dropped", fillId: fact.matchId }, at);
  const isWhole = ticketIds.every((ticketId) => state.tickets.get(ticketId)?.ticket.state.phase === "SEARCHING");
  return fact.match && isWhole ? tell(state, fact.match, at) : state;
}

/** Asks its players, or goes on at once. */
function tell(state: MatcherState, match: Match, at: Times): MatcherState {
  const { acceptance } = match;
  if (!acceptance) return goOn(state, match, at);
  const expiresAtWallMs = at.atWallMs + acceptance.deadlineAtMs - at.atMs;
  const proposal = openProposal(match, { acceptance, expiresAtWallMs });
  state.proposals.set(match.matchId, proposal);
  state.deadlines.add(proposal.deadline);
  for (const ticketId of ticketsOf(match.players)) {
    changeTicket(state, ticketId, { type: "proposed", proposal: proposal.view }, at);
  }
  return state;
}

/** To the match's placement; without a queue the group is all that there is to it. */
function goOn(state: MatcherState, match: Match, at: Times): MatcherState {
  if (match.queue !== undefined) {
    state.matches.set(match.matchId, { ...match, attempt: 1 });
    for (const ticketId of ticketsOf(match.players)) {
      changeTicket(state, ticketId, { type: "matched", matchId: match.matchId }, at);
    }
    return state;
  }
  const assignment: Assignment = {
    address: undefined,
    battleSessionId: undefined,
    region: undefined,
    players: withMatchedProperties(
      state,
      match.players.map((player) => ({ ...player, playerSessionId: undefined })),
    ),
    formedBy: match.formedBy,
    joinGrant: grantJoin(state.joins, match.joinTokens, at),
  };
  for (const ticketId of ticketsOf(match.players)) {
    changeTicket(state, ticketId, { type: "placed", matchId: match.matchId, assignment }, at);
  }
  return state;
}

export function acceptMatch(state: MatcherState, fact: Fact<"match-accepted">, at: Times): MatcherState {
  const proposal = getProposal(state, fact.matchId);
  const view = withAccepted(proposal.view, fact.playerIds);
  if (isAccepted(view)) {
    closeProposal(state, proposal);
    return goOn(state, proposal.match, at);
  }
  state.proposals.set(fact.matchId, { ...proposal, view });
  const told = isToldToAll(proposal.view, view) ? ticketsOf(proposal.match.players) : [fact.ticketId];
  for (const ticketId of told) changeTicket(state, ticketId, { type: "acceptance-changed", proposal: view }, at);
  return state;
}

export function endProposal(
  state: MatcherState,
  { matchId, outcomes }: Fact<"proposal-ended">,
  at: Times,
): MatcherState {
  closeProposal(state, getProposal(state, matchId));
  for (const { ticketId, fate } of outcomes) {
    changeTicket(state, ticketId, { type: "proposal-ended", matchId, fate }, at);
  }
  return state;
}

function closeProposal(state: MatcherState, { match, deadline }: Proposal): void {
  state.proposals.delete(match.matchId);
  state.deadlines.remove(deadline);
}

export function placeMatch(state: MatcherState, fact: Fact<"match-placed">, at: Times): MatcherState {
  const match = getMatch(state, fact.matchId);
  const { address, battleSessionId, region, players } = fact;
  const { seated: tickets, unseated } = splitBySeat(ticketsOf(match.players), players);
  state.matches.delete(match.matchId);
  putSession(state, {
    battleSessionId,
    matchId: match.matchId,
    configuration: match.configuration,
    formedBy: match.formedBy,
    capabilityKey: match.capabilityKey,
    processId: fact.processId,
    incarnation: fact.incarnation,
    tickets,
    backfill: bornRecord(match, at.atMs),
    fill: undefined,
    startRequests: new Map(),
    turnedAway: new Set(),
    ...{ ended: undefined, told: 0 },
  });
  tellBackfill(state, battleSessionId, undefined, at);
  const shown = withMatchedProperties(state, players);
  const assignment: Assignment = { address, battleSessionId, region, players: shown, formedBy: match.formedBy };
  for (const ticketId of tickets) {
    changeTicket(state, ticketId, { type: "placed", matchId: match.matchId, assignment }, at);
  }
  for (const ticketId of unseated) {
    losePlacement(state, ticketId, { match, cause: "RESERVATION_EXPIRED", mayReturn: true }, at);
  }
  return state;
}

function bornRecord(match: PlacingMatch, startedAtMs: number): BackfillRecord | undefined {
  const document = bornBackfill(match);
  return document && newRecord(document, startedAtMs, []);
}

export function endPlacement(state: MatcherState, fact: Fact<"placement-ended">, at: Times): MatcherState {
  const match = getMatch(state, fact.matchId);
  invariant(match.attempt === fact.attempt, "attempts end in order");
  const after = stepPlacement(match, fact.outcome);
  if (after.type === "place-again") {
    state.matches.set(match.matchId, { ...match, attempt: match.attempt + 1 });
    return state;
  }
  state.matches.delete(match.matchId);
  const { cause, searchOn: mayReturn } = after;
  for (const ticketId of ticketsOf(match.players)) losePlacement(state, ticketId, { match, cause, mayReturn }, at);
  return state;
}

function losePlacement(
  state: MatcherState,
  ticketId: TicketId,
  loss: { readonly match: PlacingMatch; readonly cause: TicketCause; readonly mayReturn: boolean },
  at: Times,
): void {
  const searchesOn = loss.mayReturn && placementReturns(state, ticketId) < loss.match.placementRetries;
  changeTicket(state, ticketId, { type: "placement-lost", cause: loss.cause, searchesOn }, at);
}

/** Returns from placements. Those from proposals, which others ended, are not counted against the ticket. */
function placementReturns(state: MatcherState, ticketId: TicketId): number {
  const entry = state.tickets.get(ticketId);
  if (!entry || entry.ticket.returns === 0) return 0;
  return historyOf(entry).filter(({ ticket, previous }) => {
    return ticket.state.phase === "SEARCHING" && previous?.ticket.state.phase === "PLACING";
  }).length;
}

function getProposal(state: MatcherState, matchId: Proposal["match"]["matchId"]): Proposal {
  const proposal = state.proposals.get(matchId);
  invariant(proposal, "facts are of proposals that are open");
  return proposal;
}

function getMatch(state: MatcherState, matchId: PlacingMatch["matchId"]): PlacingMatch {
  const match = state.matches.get(matchId);
  invariant(match, "facts place matches that wait for it");
  return match;
}
