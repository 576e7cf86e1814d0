// What game backends are told of a ticket or session, as a value of plain JSON: a function of the recorded event alone, so that every
// repeat is the same to the byte. docs/guides/events.md shows each.
import { unreachable } from "@muster/kit";
import type { Backfill } from "@muster/proto";
import { joinTokenOf, type WriteJoinToken } from "../join-tokens/join-book.ts";
import type { Preparation } from "../preparation.ts";
import type { SessionEventRecord } from "../session-events.ts";
import { type Assignment, readPhase, type Ticket, type TicketState } from "../ticket.ts";
import type { TicketEventRecord } from "../ticket-events.ts";
import type { Notice } from "./notices.ts";

/** The kinds of events, as receivers and filters name them. */
export const EVENT_TYPES = [
  "TICKET_PREPARING",
  "TICKET_JOINED",
  "TICKET_SEARCHING",
  "MATCH_PROPOSED",
  "MATCH_ACCEPTED",
  "TICKET_PLACING",
  "TICKET_COMPLETED",
  "TICKET_CANCELLED",
  "TICKET_TIMED_OUT",
  "TICKET_FAILED",
  "TICKET_SESSION_ENDED",
  "TARGET_DISABLED",
  "BACKFILL_CHANGED",
  "SESSION_ENDED",
  "PARTY_CHANGED",
  "TICKET_DUPLICATE",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export type PushEvent = {
  /** A function of what it is about and its number: `ticket.t-1.3`. */
  readonly id: string;
  readonly type: EventType;
  /** Undefined: it is of no configuration, and goes to every target. */
  readonly configuration: string | undefined;
  /** Wall clock of what happened, in ms. For display. */
  readonly atWallMs: number;
  /** What is sent, as JSON text. */
  readonly payload: string;
};

/** What the event of `id` is about: events of one subject are sent one after the other. */
export function subjectOf(id: string): string {
  return id.slice(0, id.lastIndexOf("."));
}

/** The event of which targets are told when a ticket has changed. */
export function ticketEvent(record: TicketEventRecord, writeJoinToken: WriteJoinToken): PushEvent {
  const { ticket, atWallMs } = record;
  return writeEvent({
    subject: `ticket.${ticket.ticketId}`,
    number: placeOf(record),
    type: typeOf(record),
    configuration: ticket.configuration,
    atWallMs,
    data: {
      ticket: describeTicket(ticket, writeJoinToken),
      ...(record.sessionEndCause && { sessionEndCause: record.sessionEndCause }),
    },
  });
}

/** The event of which targets are told when a battle session has changed. */
export function sessionEvent({
  battleSessionId,
  matchId,
  configuration,
  place,
  atWallMs,
  what,
}: SessionEventRecord): PushEvent {
  const session = { battleSessionId, matchId };
  return writeEvent({
    ...{ subject: `session.${battleSessionId}`, number: place, type: what.type, configuration, atWallMs },
    data:
      what.type === "SESSION_ENDED"
        ? { session: { ...session, endCause: what.cause } }
        : { session: { ...session, backfill: describeBackfill(what.backfill) } },
  });
}

/** The event of which targets are told that is of no ticket and of no session. */
export function noticeEvent({ subject, place: number, type, configuration, atWallMs, data }: Notice): PushEvent {
  return writeEvent({ subject, number, type, configuration, atWallMs, data: JSON.parse(data) });
}

function describeBackfill(backfill: Backfill) {
  const { backfillId, state, cause, strategy, addPlayers, progress, noLegalFill } = backfill;
  const teams = progress.map(({ team, have, reserved, goal }) => ({ team, have, reserved, goal }));
  return { backfillId, state, cause, strategy, addPlayers, progress: teams, noLegalFill };
}

/** An event as it is stored and sent. The order of its fields is part of the promise that repeats are equal. */
export function writeEvent(event: {
  /** Whose events are numbered: "ticket.", "session.", "party.", "duplicate." or "target." and an id. */
  readonly subject: string;
  /** 1, 2, … of the subject. */
  readonly number: number;
  readonly type: EventType;
  readonly configuration: string | undefined;
  readonly atWallMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}): PushEvent {
  const { subject, number, type, configuration, atWallMs, data } = event;
  const id = `${subject}.${number}`;
  const timestamp = new Date(atWallMs).toISOString();
  return {
    ...{ id, type, configuration, atWallMs },
    payload: JSON.stringify({ id, type, timestamp, number, configuration, data }),
  };
}

/** 1, 2, … among the events of its ticket. */
function placeOf(record: TicketEventRecord): number {
  let place = 1;
  for (let before = record.previous; before; before = before.previous) place += 1;
  return place;
}

/** What it will be called. */
export function typeOf({ type, ticket }: TicketEventRecord): EventType {
  switch (type) {
    case "SESSION_ENDED":
      return "TICKET_SESSION_ENDED";
    case "PREPARATION_CHANGED":
      return "TICKET_JOINED";
    case "ACCEPTANCE_CHANGED":
      return "MATCH_ACCEPTED";
    case "STATE_CHANGED":
      return typeOfState(ticket.state);
    default:
      return unreachable(type);
  }
}

function typeOfState(state: TicketState): EventType {
  switch (state.phase) {
    case "PREPARING":
      return "TICKET_PREPARING";
    case "SEARCHING":
    case "CLAIMED":
      return "TICKET_SEARCHING";
    case "REQUIRES_ACCEPTANCE":
      return "MATCH_PROPOSED";
    case "PLACING":
      return "TICKET_PLACING";
    case "COMPLETED":
      return "TICKET_COMPLETED";
    case "CANCELLED":
      return "TICKET_CANCELLED";
    case "TIMED_OUT":
      return "TICKET_TIMED_OUT";
    case "FAILED":
      return "TICKET_FAILED";
    default:
      return unreachable(state);
  }
}

/** Without attributes and latencies, which its backend brought. Player session ids and join tokens of its own players only. */
function describeTicket(ticket: Ticket, writeJoinToken: WriteJoinToken) {
  const { state } = ticket;
  return {
    ticketId: ticket.ticketId,
    state: readPhase(state),
    version: ticket.version,
    players: ticket.players.map(({ playerId, team, data }) => ({ playerId, team, data })),
    createdAt: new Date(ticket.createdAtWallMs).toISOString(),
    returns: ticket.returns,
    matchId: "matchId" in state ? state.matchId : undefined,
    cause: "cause" in state ? state.cause : undefined,
    preparation: state.phase === "PREPARING" ? describePreparation(ticket, state.preparation) : undefined,
    proposal: state.phase === "REQUIRES_ACCEPTANCE" ? describeProposal(state.proposal) : undefined,
    assignment: state.phase === "COMPLETED" ? describeAssignment(ticket, state.assignment, writeJoinToken) : undefined,
  };
}

function describePreparation(ticket: Ticket, { startedAtMs, deadlineAtMs, joined }: Preparation) {
  const places = new Set(joined);
  return {
    expiresAt: new Date(ticket.createdAtWallMs + deadlineAtMs - startedAtMs).toISOString(),
    players: ticket.players.map(({ playerId }, place) => ({ playerId, joined: places.has(place) })),
  };
}

function describeProposal({ terms, accepted }: Extract<TicketState, { phase: "REQUIRES_ACCEPTANCE" }>["proposal"]) {
  const places = new Set(accepted);
  return {
    expiresAt: new Date(terms.expiresAtWallMs).toISOString(),
    players: terms.players.map(({ playerId, team, ticketId }, place) => {
      return { playerId, team, ticketId, accepted: places.has(place) };
    }),
  };
}

function describeAssignment(
  ticket: Ticket,
  { address, battleSessionId, region, players, rejoined }: Assignment,
  writeJoinToken: WriteJoinToken,
) {
  const { ticketId: own } = ticket;
  return {
    address: address && { host: address.host, ports: address.ports },
    battleSessionId,
    region,
    rejoined,
    players: players.map(({ playerId, team, ticketId, playerSessionId }) => {
      const joinToken = joinTokenOf(ticket, { playerId, team, ticketId }, writeJoinToken);
      return { playerId, team, ticketId, playerSessionId: ticketId === own ? playerSessionId : undefined, joinToken };
    }),
  };
}
