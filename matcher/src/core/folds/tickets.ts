// Facts of tickets, folded: the ticket, its events, and the pool, players and deadlines that go with it.
import { invariant } from "@muster/kit";
import type { PartyId, SessionEndCause, TicketId } from "@muster/proto";
import { FirstEvent } from "../first-event.ts";
import { type MatcherState, poolOf, type TicketEntry, waitBasisOf } from "../matcher-state.ts";
import { deadlineAfter } from "../never.ts";
import { isStale, type PartyBook } from "../party/party-book.ts";
import { withJoined } from "../preparation.ts";
import { searchOf } from "../searching-tickets.ts";
import { stepTicket, type TicketEvent } from "../step-ticket.ts";
import { changedTicket, isLive, isVisible, type Ticket, type TicketState } from "../ticket.ts";
import type { TicketEventRecord } from "../ticket-events.ts";
import type { Fact, Times } from "./fact-of.ts";

export function addTicket(state: MatcherState, fact: Fact<"ticket-created">, at: Times): MatcherState {
  state.arrivals += 1;
  const { partyId, presenceGraceMs, query } = fact;
  const usual: Ticket = {
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
    state: firstState(fact, at),
  };
  const isUsual = partyId === undefined && presenceGraceMs === undefined && query === undefined;
  const ticket = isUsual
    ? usual
    : {
        ...usual,
        ...(partyId === undefined ? {} : { partyId }),
        ...(presenceGraceMs === undefined ? {} : { presenceGraceMs }),
        ...(query === undefined ? {} : { query }),
      };
  const pool = poolOf(state, ticket.configuration);
  const search = searchOf(ticket);
  if (ticket.state.phase === "SEARCHING") pool.searching.add(search, at.atMs);
  pool.live += 1;
  for (const { playerId } of ticket.players) pool.players.add(playerId, ticket.ticketId);
  if (fact.partyId !== undefined) {
    const ofParty = state.parties.tickets.get(fact.partyId) ?? new Set();
    state.parties.tickets.set(fact.partyId, ofParty.add(ticket.ticketId));
  }
  state.deadlines.add(search);
  const latest = state.events.append((number) => new FirstEvent(ticket, { number, sequence: at.sequence }));
  const before = state.tickets.size;
  state.tickets.set(ticket.ticketId, { ticket, latest, search });
  invariant(state.tickets.size > before, "a ticket is created once");
  return state;
}

/** One for all: a million tickets begin so. */
const SEARCHING: TicketState = { phase: "SEARCHING", cause: undefined };

function firstState({ joined, timesOutAtMs }: Fact<"ticket-created">, at: Times): TicketState {
  if (joined === undefined) return SEARCHING;
  const places = Array.from({ length: joined }, (_, place) => place);
  return {
    phase: "PREPARING",
    preparation: { startedAtMs: at.atMs, deadlineAtMs: timesOutAtMs, joined: places },
  };
}

/** The last of them begin the search, and its time. */
export function joinPlayers(state: MatcherState, fact: Fact<"players-joined">, at: Times): MatcherState {
  const ticket = state.tickets.get(fact.ticketId)?.ticket;
  invariant(ticket?.state.phase === "PREPARING", "facts join tickets that are prepared");
  const { startedAtMs } = ticket.state.preparation;
  const { players, preparation } = withJoined(ticket.state.preparation, ticket.players, fact.players);
  const isComplete = preparation.joined.length === players.length;
  const { searchingSinceMs, timesOutAtMs } = ticket;
  const joined = isComplete
    ? {
        ...{ players, searchingSinceMs: at.atMs, timesOutAtMs: fact.timesOutAtMs },
        preparedForMs: Math.round(at.atMs - startedAtMs),
      }
    : { players, searchingSinceMs, timesOutAtMs };
  return changeTicket(state, fact.ticketId, { type: "joined", preparation, isComplete }, at, joined);
}

export function changeTicket(
  state: MatcherState,
  ticketId: TicketId,
  event: TicketEvent,
  at: Times,
  joined?: Parameters<typeof changedTicket>[1]["joined"],
): MatcherState {
  const entry = state.tickets.get(ticketId);
  invariant(entry, "facts change tickets that exist");
  const before = entry.ticket;
  const next = stepTicket(before.state, event);
  // T-LEGAL-EDGE: a fact that changes nothing was decided on another state than it is folded on.
  invariant(next !== before.state, `a fact of a ticket is a step of it: ${event.type} in ${before.state.phase}`);
  const visible = isVisible(before.state, next);
  const isBack = isReturn(event) && next.phase === "SEARCHING";
  const timesOutAtMs = isBack ? timeoutAfterReturn(state, before, at.atMs) : undefined;
  const ticket = changedTicket(before, {
    state: next,
    version: visible ? before.version + 1 : before.version,
    returns: isBack ? before.returns + 1 : before.returns,
    ...(joined ? { joined } : {}),
    ...(timesOutAtMs === undefined ? {} : { timesOutAtMs }),
  });
  if (before.state.phase === "SEARCHING" && isMatched(event)) noteWait(state, before, at.atMs);
  const search = index(state, entry, ticket, at.atMs);
  if (isLive(before) && !isLive(ticket)) state.ended.push({ type: "ticket", ticketId, atMs: at.atMs });
  const more = { type: eventTypeOf(event), previous: entry.latest };
  const latest = visible ? state.events.append((number) => eventOf(number, ticket, at, more)) : entry.latest;
  state.tickets.set(ticketId, { ticket, latest, search });
  // Back from a placement or a fill, and nobody looks for it any more.
  const isStranded = ticket.state.phase === "SEARCHING" && !isMatchedBy(state, ticket);
  if (isStranded) return changeTicket(state, ticketId, { type: "configuration-deleted" }, at);
  const isOutdated = ticket.state.phase === "SEARCHING" && isStale(state.parties, ticket);
  return isOutdated ? changeTicket(state, ticketId, { type: "cancelled", cause: "PARTY_CHANGED" }, at) : state;
}

/** Whether its configuration is there, and was not put anew as one of the other kind. */
function isMatchedBy(state: MatcherState, { configuration, query }: Ticket): boolean {
  const present = state.configurations.get(configuration);
  return present !== undefined && (present.query !== undefined) === (query !== undefined);
}

function leaveParty({ tickets }: PartyBook, partyId: PartyId, ticketId: TicketId): void {
  const ofParty = tickets.get(partyId);
  ofParty?.delete(ticketId);
  if (ofParty?.size === 0) tickets.delete(partyId);
}

function eventTypeOf(event: TicketEvent): TicketEventRecord["type"] {
  if (event.type === "acceptance-changed") return "ACCEPTANCE_CHANGED";
  return event.type === "joined" && !event.isComplete ? "PREPARATION_CHANGED" : "STATE_CHANGED";
}

/** Undefined: as it was. By the configuration as it stands in the journal then, so that every replay comes to the same. */
function timeoutAfterReturn(state: MatcherState, { configuration }: Ticket, atMs: number): number | undefined {
  const settings = state.configurations.get(configuration);
  return settings?.requestTimeoutFrom === "RETURN" ? deadlineAfter(atMs, settings.requestTimeoutMs) : undefined;
}

/** Whether the event takes a ticket out of a match. */
function isReturn({ type }: TicketEvent): boolean {
  return type === "placement-lost" || type === "proposal-ended";
}

/** Whether the event takes a searching ticket into a match or fill. */
function isMatched(event: TicketEvent): boolean {
  const { type } = event;
  if (type === "placed" && event.assignment.rejoined) return false; // It has not waited.
  return type === "matched" || type === "placed" || type === "claimed" || type === "proposed";
}

function noteWait(state: MatcherState, ticket: Ticket, atMs: number): void {
  const basis = waitBasisOf(state, ticket.configuration);
  if (basis) poolOf(state, ticket.configuration).waits.matched(ticket, basis, atMs);
}

/** Keeps pool, players and deadlines in step with the ticket. */
function index(
  state: MatcherState,
  { ticket: before, search }: TicketEntry,
  after: Ticket,
  atMs: number,
): TicketEntry["search"] {
  const pool = poolOf(state, after.configuration);
  if (isLive(before) && !isLive(after)) {
    pool.live -= 1;
    for (const { playerId } of after.players) pool.players.remove(playerId, after.ticketId);
    if (after.partyId !== undefined) leaveParty(state.parties, after.partyId, after.ticketId);
  }
  if (search) {
    pool.searching.remove(search);
    state.deadlines.remove(search);
  }
  const { phase } = after.state;
  if (phase !== "SEARCHING" && phase !== "PREPARING") return undefined;
  const next = searchOf(after);
  if (phase === "SEARCHING") pool.searching.add(next, atMs);
  state.deadlines.add(next);
  return next;
}

export function tellSessionEnded(
  state: MatcherState,
  ticketId: TicketId,
  sessionEndCause: SessionEndCause | undefined,
  at: Times,
): void {
  const entry = state.tickets.get(ticketId);
  if (!entry) return; // Its retention has ended; nobody can watch it any more.
  const more = { type: "SESSION_ENDED", sessionEndCause, previous: entry.latest } as const;
  const latest = state.events.append((number) => eventOf(number, entry.ticket, at, more));
  state.tickets.set(ticketId, { ...entry, latest });
}

function eventOf(
  number: number,
  ticket: Ticket,
  { sequence, atMs, atWallMs }: Times,
  more: Pick<TicketEventRecord, "type" | "previous"> & Partial<Pick<TicketEventRecord, "sessionEndCause">>,
): TicketEventRecord {
  const { type, previous, sessionEndCause } = more;
  return { number, sequence, atMs, atWallMs, type, ticket, sessionEndCause, previous };
}
