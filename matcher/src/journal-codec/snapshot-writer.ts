// A snapshot of the matcher: what the state is now, taken in one go, and written slice by slice while the state moves on.
import { type ColumnRows, writeColumns } from "@muster/journal";
import { writeEnum } from "@muster/proto";
import { SessionEndCause } from "@muster/proto/session";
import type { MatcherState, TicketEntry } from "../core/matcher-state.ts";
import type { Preparation } from "../core/preparation.ts";
import type { ProposalView } from "../core/proposal.ts";
import type { Assignment, Ticket, TicketState } from "../core/ticket.ts";
import type { CapturedEvents, TicketEventRecord } from "../core/ticket-events.ts";
import {
  encodeAssignment,
  encodeConfiguration,
  encodeMatch,
  encodeRuleSet,
  encodeSession,
  encodeSessionEvent,
} from "./kept-documents.ts";
import { encodePreparation } from "./kept-preparation.ts";
import { encodeProposal, encodeTerms } from "./kept-proposal.ts";
import { encodeParty } from "./party-wire.ts";
import { encodePayload } from "./player-payload.ts";
import { CAUSES, EVENT_TYPES, PHASES, SNAPSHOT_SCHEMA } from "./snapshot-schema.ts";
import { acceptedCount, StoredProposalView } from "./stored-proposal.ts";
import { StoredAssignment, StoredTicket } from "./stored-ticket.ts";

/**
 * The bytes of `state` as it is now, to be walked once. What changes in place is copied at once (some 20 ms for a million
 * tickets), everything else is shared. The same facts make the same bytes, restored in between or not.
 */
export function captureMatcherState(state: MatcherState): Iterable<Uint8Array> {
  const parties = Array.from(state.parties.byId.values(), (party) => {
    return [party, [...(state.parties.tickets.get(party.partyId) ?? [])]] as const;
  });
  const counters = [
    ...[state.arrivals, state.events.last, state.sessionEvents.last],
    ...[state.parties.changes, state.parties.forgotten],
  ];
  const ruleSets = Array.from(state.ruleSets);
  const configurations = Array.from(state.configurations.values());
  const deleted = [...state.deleted.ruleSets, ...state.deleted.configurations];
  const matches = Array.from(state.matches.values());
  const proposals = Array.from(state.proposals.values());
  const sessions = Array.from(state.sessions.values());
  const told = state.sessionEvents.capture();
  return writeColumns(SNAPSHOT_SCHEMA, {
    counters,
    ...ticketColumns(Array.from(state.tickets.values()), state.events.capture()),
    ruleSet: rowsOf(ruleSets, encodeRuleSet),
    configuration: rowsOf(configurations, encodeConfiguration),
    deletedName: rowsOf(deleted, ([name]) => name),
    deletedVersion: rowsOf(deleted, ([, version]) => version),
    deletedRuleSets: [state.deleted.ruleSets.size],
    match: rowsOf(matches, encodeMatch),
    proposalOpen: rowsOf(proposals, encodeProposal),
    session: rowsOf(sessions, encodeSession),
    sessionEvent: rowsOf(told.list.slice(told.from, told.until), encodeSessionEvent),
    party: rowsOf(parties, encodeParty),
    erasureId: Array.from(state.erasures.keys()),
    erasureDigest: Array.from(state.erasures.values()),
  });
}

function* rowsOf<Item, Value>(items: Iterable<Item>, read: (item: Item) => Value): Generator<Value, void> {
  for (const item of items) yield read(item);
}

type TicketColumns = Omit<
  ColumnRows<typeof SNAPSHOT_SCHEMA>,
  | "counters"
  | "ruleSet"
  | "deletedName"
  | "deletedVersion"
  | "deletedRuleSets"
  | "configuration"
  | "match"
  | "proposalOpen"
  | "session"
  | "sessionEvent"
  | "party"
  | "erasureId"
  | "erasureDigest"
>;

/** Columns are walked in the order of the schema; the first walks find what the later ones go over. */
function ticketColumns(entries: readonly TicketEntry[], captured: CapturedEvents): TicketColumns {
  const firstKept = captured.list[captured.from]?.number ?? Number.POSITIVE_INFINITY;
  const events: TicketEventRecord[] = [];
  /** Row of each older event's ticket. */
  const olderRows: number[] = [];
  const forgotten = new Map<number, Ticket>();
  const names = createDictionary<string>();
  const ids = createDictionary<string>();
  const assignments = createDictionary<Assignment>();
  const matches = createDictionary<string>();
  const preparations: Preparation[] = [];
  /** Of each proposal, by row, what shows the most of it. */
  const fullest: ProposalView[] = [];

  const arrivals = new Float64Array(entries.length);

  function* olderEvents(): Generator<number, void> {
    for (const [row, { ticket, latest }] of entries.entries()) {
      arrivals[row] = ticket.arrival;
      const before = events.length;
      for (let event: TicketEventRecord | undefined = latest; event; event = event.previous) {
        if (event.number < firstKept) events.splice(before, 0, event);
      }
      for (let index = before; index < events.length; index += 1) olderRows.push(row);
      yield events.length - before;
    }
  }
  function* eventTicket(): Generator<number, void> {
    yield* olderRows;
    const findRow = createRowFinder(arrivals);
    const forgottenRows = new Map<number, number>();
    for (let index = captured.from; index < captured.until; index += 1) {
      const event = captured.list[index] as TicketEventRecord;
      events.push(event);
      const { ticket } = event;
      const row = findRow(ticket.arrival) ?? forgottenRows.get(ticket.arrival) ?? entries.length + forgotten.size;
      if (row === entries.length + forgotten.size) {
        forgottenRows.set(ticket.arrival, row);
      }
      if (row >= entries.length) forgotten.set(ticket.arrival, ticket); // The last that is told of it has all its players.
      yield row;
    }
  }
  function* tickets(): Generator<Ticket, void> {
    for (const { ticket } of entries) yield ticket;
    yield* forgotten.values();
  }
  function* ticketRows<Value>(read: (ticket: Ticket) => Value): Generator<Value, void> {
    for (const ticket of tickets()) yield read(ticket);
  }
  function* playerRows<Value>(read: (ticket: Ticket) => Iterable<Value>): Generator<Value, void> {
    for (const ticket of tickets()) yield* read(ticket);
  }
  function* changeRows(read: (ticket: Ticket) => number): Generator<number, void> {
    for (const { ticket } of entries) yield read(ticket);
    for (const { ticket } of events) yield read(ticket);
  }
  return {
    olderEvents: olderEvents(),
    eventTicket: eventTicket(),
    eventNumber: rowsOf(events, ({ number }) => number),
    eventSequence: rowsOf(events, ({ sequence }) => sequence),
    eventType: rowsOf(events, ({ type }) => EVENT_TYPES[type]),
    eventAtMs: rowsOf(events, ({ atMs }) => atMs),
    eventAtWallMs: rowsOf(events, ({ atWallMs }) => atWallMs),
    eventEndCause: rowsOf(events, ({ sessionEndCause }) => writeEnum(SessionEndCause, sessionEndCause)),
    ticketId: ticketRows(({ ticketId }) => ticketId),
    ticketConfiguration: ticketRows(({ configuration }) => names.rowOf(configuration)),
    ticketArrival: ticketRows(({ arrival }) => arrival),
    ticketSearchingSinceMs: ticketRows(({ searchingSinceMs }) => searchingSinceMs),
    ticketCreatedAtWallMs: ticketRows(({ createdAtWallMs }) => createdAtWallMs),
    ticketBodyDigest: ticketRows(({ bodyDigest }) => bodyDigest),
    ticketPlayers: ticketRows(countPlayers),
    ticketPreparedFor: ticketRows(({ preparedForMs }) => (preparedForMs === undefined ? 0 : preparedForMs + 1)),
    ticketParty: ticketRows(({ partyId }) => (partyId === undefined ? 0 : ids.rowOf(partyId) + 1)),
    ticketPresence: ticketRows(({ presenceGraceMs = 0 }) => presenceGraceMs),
    playerId: playerRows(playerIds),
    playerPayload: playerRows(playerPayloads),
    timesOutAtMs: changeRows(({ timesOutAtMs }) => timesOutAtMs),
    version: changeRows(({ version }) => version),
    returns: changeRows(({ returns }) => returns),
    phase: changeRows(({ state }) => PHASES[state.phase]),
    cause: changeRows(({ state }) => ("cause" in state && state.cause ? CAUSES[state.cause] : 0)),
    subject: changeRows(({ state }) => {
      const subject = subjectOf(state);
      return subject === undefined ? 0 : ids.rowOf(subject) + 1;
    }),
    assignment: changeRows(({ state }) => {
      return state.phase === "COMPLETED" ? assignments.rowOf(state.assignment) + 1 : 0;
    }),
    proposal: changeRows(({ state }) => {
      if (state.phase === "PREPARING") return preparations.push(state.preparation);
      if (state.phase !== "REQUIRES_ACCEPTANCE") return 0;
      const row = matches.rowOf(state.matchId);
      const known = fullest[row];
      if (!known || acceptedCount(known) < acceptedCount(state.proposal)) fullest[row] = state.proposal;
      return row + 1;
    }),
    accepted: changeRows(({ state }) => {
      return state.phase === "REQUIRES_ACCEPTANCE" ? acceptedCount(state.proposal) : 0;
    }),
    name: names.values,
    id: ids.values,
    assignmentDocument: rowsOf(assignments.values, (assignment) => {
      return assignment instanceof StoredAssignment ? assignment.bytes : encodeAssignment(assignment);
    }),
    preparation: rowsOf(preparations, encodePreparation),
    proposalTerms: rowsOf(fullest, (view) => (view instanceof StoredProposalView && view.bytes) || encodeTerms(view)),
  };
}

/** Rows for values, each its own, in the order in which they come. */
function createDictionary<Value>() {
  const rows = new Map<Value, number>();
  const values: Value[] = [];
  return {
    values: values as readonly Value[],
    rowOf(value: Value): number {
      let row = rows.get(value);
      if (row === undefined) {
        row = values.length;
        rows.set(value, row);
        values.push(value);
      }
      return row;
    },
  };
}

/** The row of the ticket that arrived as number `arrival`. Tickets stand in the order of their arrival. */
function createRowFinder(arrivals: Float64Array): (arrival: number) => number | undefined {
  let guess = 0; // New tickets have their first event one after the other.
  return (arrival) => {
    if (arrivals[guess] !== arrival) guess = lowerBound(arrivals, arrival);
    if (arrivals[guess] !== arrival) return undefined;
    guess += 1;
    return guess - 1;
  };
}

/** First place in `sorted` whose number is not below `number`. */
function lowerBound(sorted: Float64Array, number: number): number {
  let from = 0;
  let until = sorted.length;
  while (from < until) {
    const middle = (from + until) >> 1;
    if ((sorted[middle] ?? 0) < number) from = middle + 1;
    else until = middle;
  }
  return from;
}

function subjectOf(state: TicketState): string | undefined {
  if ("matchId" in state) return state.matchId;
  return "fillId" in state ? state.fillId : undefined;
}

// What a restart has not looked at since is copied as it was read.

function countPlayers(ticket: Ticket): number {
  if (!(ticket instanceof StoredTicket)) return ticket.players.length;
  const { from, until } = ticket.playerRows;
  return until - from;
}

function* playerIds(ticket: Ticket): Generator<string, void> {
  if (ticket instanceof StoredTicket) {
    const { from, until } = ticket.playerRows;
    for (let row = from; row < until; row += 1) yield ticket.columns.playerId.at(row);
  } else {
    for (const { playerId } of ticket.players) yield playerId;
  }
}

function* playerPayloads(ticket: Ticket): Generator<Uint8Array, void> {
  if (ticket instanceof StoredTicket) {
    const { from, until } = ticket.playerRows;
    for (let row = from; row < until; row += 1) yield ticket.columns.playerPayload.at(row);
  } else {
    for (const player of ticket.players) yield encodePayload(player);
  }
}
