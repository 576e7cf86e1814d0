// The fold: one fact after the other makes the state. It decides nothing, asks nobody, and takes every fact as true.
import { invariant, unreachable } from "@muster/kit";
import type { BackfillId, SessionEndCause, TicketId } from "@muster/proto";
import { parseRuleSet } from "@muster/rules";
import { type BackfillRecord, isLiveBackfill } from "./backfill.ts";
import { bornBackfill } from "./born-backfill.ts";
import { erasePlayer } from "./erase-player.ts";
import type { MatcherFact, SeatedPlayer, StampedFact } from "./fact.ts";
import { type Match, type PlacingMatch, stepPlacement, ticketsOf } from "./match.ts";
import { type MatchedSession, type MatcherState, poolOf, ruleSetOf, type TicketEntry } from "./matcher-state.ts";
import { isAccepted, isToldToAll, openProposal, type Proposal, withAccepted } from "./proposal.ts";
import { searchOf } from "./searching-tickets.ts";
import {
  type Assignment,
  changedTicket,
  isLive,
  isVisible,
  stepTicket,
  type Ticket,
  type TicketCause,
  type TicketEvent,
} from "./ticket.ts";
import { historyOf, type TicketEventRecord } from "./ticket-events.ts";

type Times = Pick<StampedFact, "sequence" | "atMs" | "atWallMs">;
type Fact<Type extends MatcherFact["type"]> = Extract<MatcherFact, { type: Type }>;

/** Applies `stamped` to `state`, in place, and answers it. */
export function evolve(state: MatcherState, stamped: StampedFact): MatcherState {
  const { fact } = stamped;
  switch (fact.type) {
    case "rule-set-put":
      state.ruleSets.set(fact.name, { document: fact.document, ruleSet: parseRuleSet(fact.document) });
      return state;
    case "configuration-put":
      state.configurations.set(fact.configuration.name, fact.configuration);
      return state;
    case "ticket-created":
      return addTicket(state, fact, stamped);
    case "ticket-cancelled":
      return changeTicket(state, fact.ticketId, { type: "cancelled" }, stamped);
    case "ticket-timed-out":
      return changeTicket(state, fact.ticketId, { type: "timed-out" }, stamped);
    case "match-formed":
      return formMatch(state, fact, stamped);
    case "match-accepted":
      return acceptMatch(state, fact, stamped);
    case "proposal-ended":
      return endProposal(state, fact, stamped);
    case "match-placed":
      return placeMatch(state, fact, stamped);
    case "placement-ended":
      return endPlacement(state, fact, stamped);
    case "session-adopted":
      return adoptSession(state, fact);
    case "backfill-started":
      return startBackfill(state, fact, stamped);
    case "backfill-changed":
      return changeBackfill(state, fact);
    case "fill-decided":
      return decideFill(state, fact, stamped);
    case "fill-applied":
      return applyFill(state, fact, stamped);
    case "fill-dropped":
      return dropFill(state, fact, stamped);
    case "session-ended":
      return endSession(state, fact, stamped);
    case "ended-forgotten":
      return forgetEnded(state, fact.endedUntilMs);
    case "player-erased":
      erasePlayer(state, fact.playerId);
      state.erasures.set(fact.erasureId, fact.playerDigest);
      return state;
    case "erasure-completed":
      state.erasures.delete(fact.erasureId);
      return state;
    default:
      return unreachable(fact);
  }
}

function addTicket(state: MatcherState, fact: Fact<"ticket-created">, at: Times): MatcherState {
  state.arrivals += 1;
  const ticket: Ticket = {
    ticketId: fact.ticketId,
    configuration: fact.configuration,
    players: fact.players,
    bodyDigest: fact.bodyDigest,
    arrival: state.arrivals,
    searchingSinceMs: at.atMs,
    createdAtWallMs: at.atWallMs,
    timesOutAtMs: fact.timesOutAtMs,
    version: 1,
    returns: 0,
    state: { phase: "SEARCHING", cause: undefined },
  };
  invariant(!state.tickets.has(ticket.ticketId), "a ticket is created once");
  const pool = poolOf(state, ticket.configuration);
  const search = searchOf(ticket);
  pool.searching.add(search);
  pool.live += 1;
  for (const { playerId } of ticket.players) pool.players.set(playerId, ticket.ticketId);
  state.deadlines.add(search);
  const latest = state.events.append(eventOf(at, ticket));
  state.tickets.set(ticket.ticketId, { ticket, latest, search });
  return state;
}

function changeTicket(state: MatcherState, ticketId: TicketId, event: TicketEvent, at: Times): MatcherState {
  const entry = state.tickets.get(ticketId);
  invariant(entry, "facts change tickets that exist");
  const before = entry.ticket;
  const next = stepTicket(before.state, event);
  // T-LEGAL-EDGE: a fact that changes nothing was decided on another state than it is folded on.
  invariant(next !== before.state, `a fact of a ticket is a step of it: ${event.type} in ${before.state.phase}`);
  const visible = isVisible(before.state, next);
  const ticket = changedTicket(before, {
    state: next,
    version: visible ? before.version + 1 : before.version,
    returns: isReturn(event) && next.phase === "SEARCHING" ? before.returns + 1 : before.returns,
  });
  if (before.state.phase === "SEARCHING" && isMatched(event)) noteWait(state, before, at.atMs);
  const search = index(state, entry, ticket);
  if (isLive(before) && !isLive(ticket)) state.ended.push({ type: "ticket", ticketId, atMs: at.atMs });
  const type = event.type === "acceptance-changed" ? "ACCEPTANCE_CHANGED" : "STATE_CHANGED";
  const latest = visible ? state.events.append({ ...eventOf(at, ticket, entry.latest), type }) : entry.latest;
  state.tickets.set(ticketId, { ticket, latest, search });
  return state;
}

/** Whether the event takes a ticket out of a match. */
function isReturn({ type }: TicketEvent): boolean {
  return type === "placement-lost" || type === "proposal-ended";
}

/** Whether the event takes a searching ticket into a match or fill. */
function isMatched({ type }: TicketEvent): boolean {
  return type === "matched" || type === "placed" || type === "claimed" || type === "proposed";
}

function noteWait(state: MatcherState, ticket: Ticket, atMs: number): void {
  const ruleSet = ruleSetOf(state, ticket.configuration);
  if (ruleSet) poolOf(state, ticket.configuration).waits.matched(ticket, ruleSet, atMs);
}

/** Keeps pool, players and deadlines in step with the ticket. */
function index(state: MatcherState, { ticket: before, search }: TicketEntry, after: Ticket): TicketEntry["search"] {
  const pool = poolOf(state, after.configuration);
  if (isLive(before) && !isLive(after)) {
    pool.live -= 1;
    for (const { playerId } of after.players) pool.players.delete(playerId);
  }
  if (search) {
    pool.searching.remove(search);
    state.deadlines.remove(search);
  }
  if (after.state.phase !== "SEARCHING") return undefined;
  const next = searchOf(after);
  pool.searching.add(next);
  state.deadlines.add(next);
  return next;
}

function formMatch(state: MatcherState, { match }: Fact<"match-formed">, at: Times): MatcherState {
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
    players: match.players.map((player) => ({ ...player, playerSessionId: undefined })),
  };
  for (const ticketId of ticketsOf(match.players)) {
    changeTicket(state, ticketId, { type: "placed", matchId: match.matchId, assignment }, at);
  }
  return state;
}

function acceptMatch(state: MatcherState, fact: Fact<"match-accepted">, at: Times): MatcherState {
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

function endProposal(state: MatcherState, { matchId, outcomes }: Fact<"proposal-ended">, at: Times): MatcherState {
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

function placeMatch(state: MatcherState, fact: Fact<"match-placed">, at: Times): MatcherState {
  const match = getMatch(state, fact.matchId);
  const { address, battleSessionId, region, players } = fact;
  const { seated: tickets, unseated } = splitBySeat(ticketsOf(match.players), players);
  state.matches.delete(match.matchId);
  putSession(state, {
    battleSessionId,
    matchId: match.matchId,
    configuration: match.configuration,
    capabilityKey: match.capabilityKey,
    processId: fact.processId,
    incarnation: fact.incarnation,
    tickets,
    backfill: bornRecord(match, at.atMs),
    fill: undefined,
    startRequests: new Map(),
    turnedAway: new Set(),
    ended: undefined,
  });
  const assignment: Assignment = { address, battleSessionId, region, players };
  for (const ticketId of tickets) {
    changeTicket(state, ticketId, { type: "placed", matchId: match.matchId, assignment }, at);
  }
  for (const ticketId of unseated) {
    losePlacement(state, ticketId, { match, cause: "RESERVATION_EXPIRED", mayReturn: true }, at);
  }
  return state;
}

/**
 * Who has a seat by the fleet's present word. Seats may have run out before we heard that they were made: a ticket that told
 * nobody where to go is in no battle.
 */
function splitBySeat(
  tickets: readonly TicketId[],
  players: readonly SeatedPlayer[],
): { readonly seated: readonly TicketId[]; readonly unseated: readonly TicketId[] } {
  const holders = new Set(players.map((player) => player.ticketId));
  return {
    seated: tickets.filter((ticketId) => holders.has(ticketId)),
    unseated: tickets.filter((ticketId) => !holders.has(ticketId)),
  };
}

function bornRecord(match: PlacingMatch, startedAtMs: number): BackfillRecord | undefined {
  const document = bornBackfill(match);
  return document && newRecord(document, startedAtMs, []);
}

function newRecord(
  document: BackfillRecord["document"],
  startedAtMs: number,
  goals: BackfillRecord["goals"],
): BackfillRecord {
  return {
    document,
    version: 1,
    startedAtMs,
    goals,
    fillsDecided: 0,
    tickets: [],
    players: [],
    cancelRequestId: undefined,
  };
}

function endPlacement(state: MatcherState, fact: Fact<"placement-ended">, at: Times): MatcherState {
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

function adoptSession(state: MatcherState, { type: _, ...origin }: Fact<"session-adopted">): MatcherState {
  invariant(!state.sessions.has(origin.battleSessionId), "a session is adopted once");
  putSession(state, {
    ...origin,
    ...{ tickets: [], backfill: undefined, fill: undefined, startRequests: new Map(), turnedAway: new Set() },
    ended: undefined,
  });
  return state;
}

function startBackfill(state: MatcherState, fact: Fact<"backfill-started">, at: Times): MatcherState {
  const session = getSession(state, fact.battleSessionId);
  const isFree = !session.backfill || !isLiveBackfill(session.backfill.document);
  invariant(isFree, "B-ONE-LIVE: a session has at most one live backfill");
  const requests = new Map(session.startRequests);
  if (fact.requestId !== undefined) {
    requests.set(fact.requestId, { bodyDigest: fact.bodyDigest, backfillId: fact.backfill.backfillId });
  }
  const backfill = { ...newRecord(fact.backfill, at.atMs, fact.goals), players: fact.players };
  putSession(state, { ...session, backfill, startRequests: requests });
  return state;
}

function changeBackfill(state: MatcherState, fact: Fact<"backfill-changed">): MatcherState {
  const session = getSession(state, fact.battleSessionId);
  const record = getBackfill(session, fact.backfill.backfillId);
  const backfill = {
    ...record,
    document: fact.backfill,
    version: record.version + 1,
    cancelRequestId: fact.requestId ?? record.cancelRequestId,
  };
  putSession(state, { ...session, backfill });
  return state;
}

function decideFill(state: MatcherState, fact: Fact<"fill-decided">, at: Times): MatcherState {
  const session = getSession(state, fact.battleSessionId);
  invariant(!session.fill, "a session has one fill in flight");
  const record = getBackfill(session, fact.backfill.backfillId);
  const { fillId, expectedRosterVersion, newcomers, toleratesLeavers, approvalTimeoutMs } = fact;
  const terms = { toleratesLeavers, approvalTimeoutMs };
  const fill = { fillId, expectedRosterVersion, newcomers, document: fact.backfill, ...terms };
  const backfill = { ...record, fillsDecided: record.fillsDecided + 1 };
  putSession(state, { ...session, backfill, fill });
  for (const ticketId of ticketsOf(newcomers)) changeTicket(state, ticketId, { type: "claimed", fillId }, at);
  return state;
}

function applyFill(state: MatcherState, fact: Fact<"fill-applied">, at: Times): MatcherState {
  const session = getSession(state, fact.battleSessionId);
  const { fill } = session;
  invariant(fill?.fillId === fact.fillId, "the fill that was applied is the one in flight");
  const { seated: newcomers, unseated } = splitBySeat(ticketsOf(fill.newcomers), fact.players);
  const tickets = [...session.tickets, ...newcomers];
  const backfill = session.backfill && afterFill(session.backfill, fill.document, newcomers);
  putSession(state, { ...session, tickets, backfill, fill: undefined });
  const { fillId, battleSessionId, address, region, players } = fact;
  const assignment: Assignment = { address, battleSessionId, region, players };
  for (const ticketId of newcomers) {
    changeTicket(state, ticketId, { type: "fill-applied", fillId, matchId: session.matchId, assignment }, at);
    if (session.ended) tellSessionEnded(state, ticketId, session.ended.cause, at);
  }
  for (const ticketId of unseated) changeTicket(state, ticketId, { type: "fill-dropped", fillId }, at);
  return state;
}

/** A backfill that was ended or replaced while its fill was under way keeps what it has become. */
function afterFill(
  record: BackfillRecord,
  document: BackfillRecord["document"],
  newcomers: readonly TicketId[],
): BackfillRecord {
  if (record.document.backfillId !== document.backfillId) return record;
  const tickets = document.strategy === "CUSTOM" ? [...record.tickets, ...newcomers] : record.tickets;
  if (!isLiveBackfill(record.document)) return { ...record, tickets, version: record.version + 1 };
  return { ...record, document, tickets, version: record.version + 1 };
}

function dropFill(state: MatcherState, fact: Fact<"fill-dropped">, at: Times): MatcherState {
  const session = getSession(state, fact.battleSessionId);
  invariant(session.fill?.fillId === fact.fillId, "the fill that was dropped is the one in flight");
  const tickets = ticketsOf(session.fill.newcomers);
  const turnedAway = fact.reason === REFUSED_BY_GAME ? turnAway(state, session, tickets) : session.turnedAway;
  putSession(state, { ...session, fill: undefined, turnedAway });
  for (const ticketId of tickets) {
    changeTicket(state, ticketId, { type: "fill-dropped", fillId: fact.fillId }, at);
  }
  return state;
}

const REFUSED_BY_GAME = "FILL_REFUSED_BY_GAME";

/** Tickets that do not come to the session again: those of before that still live, and these. */
function turnAway(
  state: MatcherState,
  { turnedAway }: MatchedSession,
  tickets: readonly TicketId[],
): ReadonlySet<TicketId> {
  const living = [...turnedAway].filter((ticketId) => {
    const entry = state.tickets.get(ticketId);
    return entry && isLive(entry.ticket);
  });
  return new Set([...living, ...tickets]);
}

function endSession(state: MatcherState, fact: Fact<"session-ended">, at: Times): MatcherState {
  const session = getSession(state, fact.battleSessionId);
  invariant(!session.ended, "a session ends once");
  putSession(state, { ...session, ended: { atMs: at.atMs, cause: fact.cause } });
  state.ended.push({ type: "session", battleSessionId: session.battleSessionId, atMs: at.atMs });
  for (const ticketId of session.tickets) tellSessionEnded(state, ticketId, fact.cause, at);
  return state;
}

function tellSessionEnded(
  state: MatcherState,
  ticketId: TicketId,
  sessionEndCause: SessionEndCause | undefined,
  at: Times,
): void {
  const entry = state.tickets.get(ticketId);
  if (!entry) return; // Its retention has ended; nobody can watch it any more.
  const event = eventOf(at, entry.ticket, entry.latest);
  state.tickets.set(ticketId, {
    ...entry,
    latest: state.events.append({ ...event, type: "SESSION_ENDED", sessionEndCause }),
  });
}

function eventOf(
  { sequence, atMs, atWallMs }: Times,
  ticket: Ticket,
  previous?: TicketEventRecord,
): Omit<TicketEventRecord, "number"> {
  return { sequence, atMs, atWallMs, type: "STATE_CHANGED", ticket, sessionEndCause: undefined, previous };
}

function forgetEnded(state: MatcherState, untilMs: number): MatcherState {
  const { ended } = state;
  let count = 0;
  for (let next = ended[count]; next && next.atMs <= untilMs; next = ended[count]) {
    if (next.type === "ticket") state.tickets.delete(next.ticketId);
    else state.sessions.delete(next.battleSessionId);
    count += 1;
  }
  ended.splice(0, count);
  state.events.forget(untilMs);
  return state;
}

/** Keeps the pool's list of backfills that look for players in step. */
function putSession(state: MatcherState, session: MatchedSession): void {
  state.sessions.set(session.battleSessionId, session);
  const { backfills, touched, filling, engine } = poolOf(state, session.configuration);
  const id = session.battleSessionId;
  if (session.fill) filling.add(id);
  else filling.delete(id);
  if (session.backfill?.document.state === "SEARCHING" && !session.ended) {
    backfills.add(id);
    touched.add(id);
  } else {
    backfills.delete(id);
    touched.delete(id);
    engine?.dropBattle(id);
  }
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

function getSession(state: MatcherState, id: MatchedSession["battleSessionId"]): MatchedSession {
  const session = state.sessions.get(id);
  invariant(session, "facts change sessions that exist");
  return session;
}

function getBackfill(session: MatchedSession, backfillId: BackfillId): BackfillRecord {
  const record = session.backfill;
  invariant(record?.document.backfillId === backfillId, "facts change the session's last backfill");
  return record;
}
