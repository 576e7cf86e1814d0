// Facts of battle sessions, folded: their backfills, fills and ends.
import { invariant } from "@muster/kit";
import type { BackfillId, TicketId } from "@muster/proto";
import { type BackfillRecord, isLiveBackfill } from "../backfill.ts";
import type { SeatedPlayer } from "../fact.ts";
import { ticketsOf } from "../match.ts";
import { type MatchedSession, type MatcherState, poolOf } from "../matcher-state.ts";
import { withMatchedProperties } from "../query/show-properties.ts";
import { type Assignment, isLive } from "../ticket.ts";
import type { Fact, Times } from "./fact-of.ts";
import { tellBackfill, tellSession } from "./session-events.ts";
import { changeTicket, tellSessionEnded } from "./tickets.ts";

export function adoptSession(state: MatcherState, { type: _, ...origin }: Fact<"session-adopted">): MatcherState {
  invariant(!state.sessions.has(origin.battleSessionId), "a session is adopted once");
  putSession(state, {
    ...origin,
    ...{ tickets: [], backfill: undefined, fill: undefined, startRequests: new Map(), turnedAway: new Set() },
    ...{ ended: undefined, told: 0 },
  });
  return state;
}

export function startBackfill(state: MatcherState, fact: Fact<"backfill-started">, at: Times): MatcherState {
  const session = getSession(state, fact.battleSessionId);
  const isFree = !session.backfill || !isLiveBackfill(session.backfill.document);
  invariant(isFree, "B-ONE-LIVE: a session has at most one live backfill");
  const requests = new Map(session.startRequests);
  if (fact.requestId !== undefined) {
    requests.set(fact.requestId, { bodyDigest: fact.bodyDigest, backfillId: fact.backfill.backfillId });
  }
  const backfill = { ...newRecord(fact.backfill, at.atMs, fact.goals), players: fact.players };
  putSession(state, { ...session, backfill, startRequests: requests });
  tellBackfill(state, session.battleSessionId, session.backfill, at);
  return state;
}

export function changeBackfill(state: MatcherState, fact: Fact<"backfill-changed">, at: Times): MatcherState {
  const session = getSession(state, fact.battleSessionId);
  const record = getBackfill(session, fact.backfill.backfillId);
  const backfill = {
    ...record,
    document: fact.backfill,
    version: record.version + 1,
    cancelRequestId: fact.requestId ?? record.cancelRequestId,
  };
  putSession(state, { ...session, backfill });
  tellBackfill(state, session.battleSessionId, record, at);
  return state;
}

export function decideFill(state: MatcherState, fact: Fact<"fill-decided">, at: Times): MatcherState {
  const session = getSession(state, fact.battleSessionId);
  invariant(!session.fill, "a session has one fill in flight");
  const record = getBackfill(session, fact.backfill.backfillId);
  const { fillId, expectedRosterVersion, newcomers, toleratesLeavers, approvalTimeoutMs, formedBy } = fact;
  const terms = { toleratesLeavers, approvalTimeoutMs, formedBy };
  const fill = { fillId, expectedRosterVersion, newcomers, document: fact.backfill, ...terms };
  const backfill = { ...record, fillsDecided: record.fillsDecided + 1 };
  putSession(state, { ...session, backfill, fill });
  for (const ticketId of ticketsOf(newcomers)) changeTicket(state, ticketId, { type: "claimed", fillId }, at);
  return state;
}

export function applyFill(state: MatcherState, fact: Fact<"fill-applied">, at: Times): MatcherState {
  const session = getSession(state, fact.battleSessionId);
  const { fill } = session;
  invariant(fill?.fillId === fact.fillId, "the fill that was applied is the one in flight");
  const { seated: newcomers, unseated } = splitBySeat(ticketsOf(fill.newcomers), fact.players);
  const tickets = [...session.tickets, ...newcomers];
  const backfill = session.backfill && afterFill(session.backfill, fill.document, newcomers);
  putSession(state, { ...session, tickets, backfill, fill: undefined });
  tellBackfill(state, session.battleSessionId, session.backfill, at);
  const { fillId, battleSessionId, address, region, players } = fact;
  const shown = withMatchedProperties(state, players);
  const assignment: Assignment = { address, battleSessionId, region, players: shown, formedBy: fill.formedBy };
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

export function dropFill(state: MatcherState, fact: Fact<"fill-dropped">, at: Times): MatcherState {
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

export function endSession(state: MatcherState, fact: Fact<"session-ended">, at: Times): MatcherState {
  const session = getSession(state, fact.battleSessionId);
  invariant(!session.ended, "a session ends once");
  putSession(state, { ...session, ended: { atMs: at.atMs, cause: fact.cause } });
  state.ended.push({ type: "session", battleSessionId: session.battleSessionId, atMs: at.atMs });
  tellSession(state, session.battleSessionId, { type: "SESSION_ENDED", cause: fact.cause }, at);
  for (const ticketId of session.tickets) tellSessionEnded(state, ticketId, fact.cause, at);
  return state;
}

export function newRecord(
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

/**
 * Who has a seat by the fleet's present word. Seats may have run out before we heard that they were made: a ticket that told
 * nobody where to go is in no battle.
 */
export function splitBySeat(
  tickets: readonly TicketId[],
  players: readonly SeatedPlayer[],
): { readonly seated: readonly TicketId[]; readonly unseated: readonly TicketId[] } {
  const holders = new Set(players.map((player) => player.ticketId));
  return {
    seated: tickets.filter((ticketId) => holders.has(ticketId)),
    unseated: tickets.filter((ticketId) => !holders.has(ticketId)),
  };
}

/** Keeps the pool's list of backfills that look for players in step. */
export function putSession(state: MatcherState, session: MatchedSession): void {
  state.sessions.set(session.battleSessionId, session);
  const { backfills, touched, filling, engines } = poolOf(state, session.configuration);
  const id = session.battleSessionId;
  if (session.fill) filling.add(id);
  else filling.delete(id);
  if (session.backfill?.document.state === "SEARCHING" && !session.ended) {
    backfills.add(id);
    touched.add(id);
  } else {
    backfills.delete(id);
    touched.delete(id);
    for (const { engine } of engines) engine.dropBattle(id);
  }
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
