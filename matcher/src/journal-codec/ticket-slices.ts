// Tickets and their events for a snapshot, in slices: all that is written of a thousand tickets is written while they are at hand. To walk
// all tickets for one column after the other would fetch each from memory thirty times.
import { type ColumnSlice, sliceColumns } from "@muster/journal";
import { writeEnum } from "@muster/proto";
import { SessionEndCause } from "@muster/proto/session";
import type { TicketEntry } from "../core/matcher-state.ts";
import type { Preparation } from "../core/preparation.ts";
import type { ProposalView } from "../core/proposal.ts";
import type { Assignment, Ticket, TicketState } from "../core/ticket.ts";
import type { CapturedEvents, TicketEventRecord } from "../core/ticket-events.ts";
import { encodeAssignment } from "./kept-documents.ts";
import { encodePreparation } from "./kept-preparation.ts";
import { encodeTerms } from "./kept-proposal.ts";
import { encodePayload } from "./player-payload.ts";
import { encodeQuery } from "./query-payload.ts";
import { CAUSES, EVENT_TYPES, PHASES, type SNAPSHOT_SCHEMA } from "./snapshot-schema.ts";
import { acceptedCount, StoredProposalView } from "./stored-proposal.ts";
import { StoredAssignment, StoredTicket } from "./stored-ticket.ts";

/** Tickets or events of a slice: some two milliseconds of work. */
const SLICE_ITEMS = 1_024;

type Slice = ColumnSlice<typeof SNAPSHOT_SCHEMA>;

/** The columns of tickets, events, what changes of tickets, and what is spoken of there more than once. To be walked once. */
export function* ticketSlices(entries: readonly TicketEntry[], captured: CapturedEvents): Generator<Slice, void> {
  const firstKept = captured.list[captured.from]?.number ?? Number.POSITIVE_INFINITY;
  const dictionaries = createDictionaries();
  const arrivals = new Float64Array(entries.length);
  const older: TicketEventRecord[] = [];
  /** Row of each older event's ticket. */
  const olderRows: number[] = [];
  let row = 0;
  for (const part of parts(entries)) {
    const olderEvents: number[] = [];
    for (const { ticket, latest } of part) {
      arrivals[row] = ticket.arrival;
      const before = older.length;
      for (let event: TicketEventRecord | undefined = latest; event; event = event.previous) {
        if (event.number < firstKept) older.splice(before, 0, event);
      }
      for (let index = before; index < older.length; index += 1) olderRows.push(row);
      olderEvents.push(older.length - before);
      row += 1;
    }
    const tickets = part.map(({ ticket }) => ticket);
    yield { olderEvents, ...ticketRows(tickets, dictionaries), ...changeRows(tickets, dictionaries) };
  }
  let first = 0;
  for (const part of parts(older)) {
    yield eventRows(part, olderRows.slice(first, first + part.length), dictionaries);
    first += part.length;
  }
  const findRow = createRowFinder(arrivals);
  const forgotten = new Map<number, Ticket>();
  const forgottenRows = new Map<number, number>();
  const rowOf = ({ ticket }: TicketEventRecord): number => {
    const known = findRow(ticket.arrival) ?? forgottenRows.get(ticket.arrival);
    const found = known ?? entries.length + forgotten.size;
    if (known === undefined) forgottenRows.set(ticket.arrival, found);
    if (found >= entries.length) forgotten.set(ticket.arrival, ticket); // The last that is told of it has all its players.
    return found;
  };
  for (const part of parts(captured.list, captured.from, captured.until)) {
    yield eventRows(part, part.map(rowOf), dictionaries);
  }
  for (const part of parts([...forgotten.values()])) yield ticketRows(part, dictionaries);
  yield* sliceColumns<DictionaryColumns>(dictionaries.columns());
}

function* parts<Item>(items: readonly Item[], from = 0, until = items.length): Generator<readonly Item[], void> {
  for (let first = from; first < until; first += SLICE_ITEMS) {
    yield items.slice(first, Math.min(first + SLICE_ITEMS, until));
  }
}

function ticketRows(tickets: readonly Ticket[], { names, ids }: Dictionaries): Slice {
  return {
    ticketId: tickets.map(({ ticketId }) => ticketId),
    ticketConfiguration: tickets.map(({ configuration }) => names.rowOf(configuration)),
    ticketArrival: tickets.map(({ arrival }) => arrival),
    ticketSearchingSinceMs: tickets.map(({ searchingSinceMs }) => searchingSinceMs),
    ticketCreatedAtWallMs: tickets.map(({ createdAtWallMs }) => createdAtWallMs),
    ticketBodyDigest: tickets.map(({ bodyDigest }) => bodyDigest),
    ticketPlayers: tickets.map(countPlayers),
    ticketPreparedFor: tickets.map(({ preparedForMs }) => (preparedForMs === undefined ? 0 : preparedForMs + 1)),
    ticketParty: tickets.map(({ partyId }) => (partyId === undefined ? 0 : ids.rowOf(partyId) + 1)),
    ticketPresence: tickets.map(({ presenceGraceMs = 0 }) => presenceGraceMs),
    ticketQuery: tickets.map(queryPayload),
    playerId: tickets.flatMap(playerIds),
    playerPayload: tickets.flatMap(playerPayloads),
  };
}

function eventRows(
  events: readonly TicketEventRecord[],
  rowsOfTickets: readonly number[],
  dictionaries: Dictionaries,
): Slice {
  return {
    eventTicket: rowsOfTickets,
    eventNumber: events.map(({ number }) => number),
    eventSequence: events.map(({ sequence }) => sequence),
    eventType: events.map(({ type }) => EVENT_TYPES[type]),
    eventAtMs: events.map(({ atMs }) => atMs),
    eventAtWallMs: events.map(({ atWallMs }) => atWallMs),
    eventEndCause: events.map(({ sessionEndCause }) => writeEnum(SessionEndCause, sessionEndCause)),
    ...changeRows(
      events.map(({ ticket }) => ticket),
      dictionaries,
    ),
  };
}

function changeRows(tickets: readonly Ticket[], dictionaries: Dictionaries): Slice {
  const { ids, assignments } = dictionaries;
  const states = tickets.map(({ state }) => state);
  return {
    timesOutAtMs: tickets.map(({ timesOutAtMs }) => timesOutAtMs),
    version: tickets.map(({ version }) => version),
    returns: tickets.map(({ returns }) => returns),
    phase: states.map(({ phase }) => PHASES[phase]),
    cause: states.map((state) => ("cause" in state && state.cause ? CAUSES[state.cause] : 0)),
    subject: states.map((state) => {
      const subject = subjectOf(state);
      return subject === undefined ? 0 : ids.rowOf(subject) + 1;
    }),
    assignment: states.map((state) => (state.phase === "COMPLETED" ? assignments.rowOf(state.assignment) + 1 : 0)),
    proposal: states.map((state) => dictionaries.proposalOf(state)),
    accepted: states.map((state) => (state.phase === "REQUIRES_ACCEPTANCE" ? acceptedCount(state.proposal) : 0)),
  };
}

type DictionaryColumns = Pick<
  typeof SNAPSHOT_SCHEMA,
  "name" | "id" | "assignmentDocument" | "proposalTerms" | "preparation"
>;
type Dictionaries = ReturnType<typeof createDictionaries>;

/** What rows speak of by its own row. */
function createDictionaries() {
  const names = createDictionary<string>();
  const ids = createDictionary<string>();
  const assignments = createDictionary<Assignment>();
  const matches = createDictionary<string>();
  const preparations: Preparation[] = [];
  /** Of each proposal, by row, what shows the most of it. */
  const fullest: ProposalView[] = [];
  return {
    ...{ names, ids, assignments },
    /** What the column `proposal` says of the state. */
    proposalOf(state: TicketState): number {
      if (state.phase === "PREPARING") return preparations.push(state.preparation);
      if (state.phase !== "REQUIRES_ACCEPTANCE") return 0;
      const row = matches.rowOf(state.matchId);
      const known = fullest[row];
      if (!known || acceptedCount(known) < acceptedCount(state.proposal)) fullest[row] = state.proposal;
      return row + 1;
    },
    columns: () => ({
      name: names.values,
      id: ids.values,
      assignmentDocument: rowsOf(assignments.values, (assignment) => {
        return assignment instanceof StoredAssignment ? assignment.bytes : encodeAssignment(assignment);
      }),
      proposalTerms: rowsOf(fullest, (view) => (view instanceof StoredProposalView && view.bytes) || encodeTerms(view)),
      preparation: rowsOf(preparations, encodePreparation),
    }),
  };
}

export function* rowsOf<Item, Value>(items: Iterable<Item>, read: (item: Item) => Value): Generator<Value, void> {
  for (const item of items) yield read(item);
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

function queryPayload(ticket: Ticket): Uint8Array {
  return ticket instanceof StoredTicket ? ticket.queryPayload : encodeQuery(ticket.query);
}

function playerIds(ticket: Ticket): readonly string[] {
  if (!(ticket instanceof StoredTicket)) return ticket.players.map(({ playerId }) => playerId);
  const { from, until } = ticket.playerRows;
  return Array.from({ length: until - from }, (_, index) => ticket.columns.playerId.at(from + index));
}

function playerPayloads(ticket: Ticket): readonly Uint8Array[] {
  if (!(ticket instanceof StoredTicket)) return ticket.players.map(encodePayload);
  const { from, until } = ticket.playerRows;
  return Array.from({ length: until - from }, (_, index) => ticket.columns.playerPayload.at(from + index));
}
