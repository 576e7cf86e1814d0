// Tickets, events and assignments as views of a snapshot's columns: after a restart a million of them are there at once, and
// each is read only when somebody asks for it. Classes, because a getter of their own for each of a million objects would cost
// what the columns save.
import { InvariantError, invariant, unreachable } from "@muster/kit";
import {
  type FillId,
  type MatchId,
  type PartyId,
  type PlayerId,
  readEnum,
  type SessionEndCause as SessionEndCauseWord,
  type TicketId,
} from "@muster/proto";
import { SessionEndCause } from "@muster/proto/session";
import { askedPlayer } from "../core/preparation.ts";
import type { TicketQuery } from "../core/query/ticket-query.ts";
import type { Assignment, Ticket, TicketCause, TicketPlayer, TicketState } from "../core/ticket.ts";
import type { TicketEventRecord } from "../core/ticket-events.ts";
import { decodeAssignment } from "./kept-documents.ts";
import { decodePreparation } from "./kept-preparation.ts";
import { decodePayload } from "./player-payload.ts";
import { decodeQuery } from "./query-payload.ts";
import { CAUSES, EVENT_TYPES, PHASES, type SnapshotColumns } from "./snapshot-schema.ts";
import { type StoredProposal, StoredProposalView } from "./stored-proposal.ts";

/** The columns, with what is worked out of them once. */
export type SnapshotSource = {
  readonly columns: SnapshotColumns;
  /** Names of configurations by row. */
  readonly names: readonly string[];
  /** Row of each ticket's first player, and one more for the end. */
  readonly firstPlayers: Uint32Array;
  /** One value for all who share it, as in the state that was captured. */
  readonly assignments: readonly StoredAssignment[];
  readonly proposals: readonly StoredProposal[];
  /** How many rows of the table of changes are those of tickets; those of events follow. */
  readonly tickets: number;
};

const PHASE_WORDS = wordsOf(PHASES);
const CAUSE_WORDS = wordsOf(CAUSES);
const EVENT_TYPE_WORDS = wordsOf(EVENT_TYPES);
const SEARCHING: TicketState = { phase: "SEARCHING", cause: undefined };

/** `words[table[word]]` is `word`. */
function wordsOf<Word extends string>(table: Readonly<Record<Word, number>>): readonly (Word | undefined)[] {
  const words: (Word | undefined)[] = [];
  for (const word in table) words[table[word]] = word;
  return words;
}

export class StoredTicket implements Ticket {
  readonly #source: SnapshotSource;
  readonly #row: number;
  /** Row of what changes of it. */
  readonly #change: number;
  #id: TicketId | undefined;
  #players: readonly TicketPlayer[] | undefined;
  #state: TicketState | undefined;

  constructor(
    source: SnapshotSource,
    place: { readonly row: number; readonly change: number; readonly id?: TicketId },
  ) {
    this.#source = source;
    this.#row = place.row;
    this.#change = place.change;
    this.#id = place.id;
    this.#players = undefined;
    this.#state = undefined;
  }
  get ticketId(): TicketId {
    this.#id ??= this.#source.columns.ticketId.at(this.#row) as TicketId;
    return this.#id;
  }
  get configuration(): string {
    return this.#source.names[cell(this.#source.columns.ticketConfiguration, this.#row)] ?? "";
  }
  get players(): readonly TicketPlayer[] {
    this.#players ??= this.#readPlayers();
    return this.#players;
  }
  /** As `players`, and nothing of it is kept: an engine that reads a million of them would hold as many objects. */
  readPlayers(): readonly TicketPlayer[] {
    return this.#players ?? this.#readPlayers();
  }
  get bodyDigest(): string {
    return this.#source.columns.ticketBodyDigest.at(this.#row);
  }
  get partyId(): PartyId | undefined {
    const { ticketParty, id } = this.#source.columns;
    const row = cell(ticketParty, this.#row);
    return row === 0 ? undefined : (id.at(row - 1) as PartyId);
  }
  get presenceGraceMs(): number | undefined {
    return cell(this.#source.columns.ticketPresence, this.#row) || undefined;
  }
  get query(): TicketQuery | undefined {
    // Read anew each time: few ask, and a million tickets have no room for it.
    return decodeQuery(this.queryPayload);
  }
  /** As the snapshot keeps it. */
  get queryPayload(): Uint8Array {
    return this.#source.columns.ticketQuery.at(this.#row);
  }
  get arrival(): number {
    return cell(this.#source.columns.ticketArrival, this.#row);
  }
  get searchingSinceMs(): number {
    if (this.#isPreparing && this.state.phase === "PREPARING") return this.state.preparation.startedAtMs;
    return cell(this.#source.columns.ticketSearchingSinceMs, this.#row);
  }
  get createdAtWallMs(): number {
    return cell(this.#source.columns.ticketCreatedAtWallMs, this.#row);
  }
  get timesOutAtMs(): number {
    return cell(this.#source.columns.timesOutAtMs, this.#change);
  }
  get preparedForMs(): number | undefined {
    const kept = this.#isPreparing ? 0 : cell(this.#source.columns.ticketPreparedFor, this.#row);
    return kept === 0 ? undefined : kept - 1;
  }
  get version(): number {
    return cell(this.#source.columns.version, this.#change);
  }
  get returns(): number {
    return cell(this.#source.columns.returns, this.#change);
  }
  get state(): TicketState {
    this.#state ??= readState(this.#source, this.#change);
    return this.#state;
  }
  includesPlayer(playerId: PlayerId): boolean {
    const { from, until } = this.playerRows;
    for (let row = from; row < until; row += 1) if (this.columns.playerId.at(row) === playerId) return true;
    return false;
  }
  /** Rows of its players: `from` to `until`, the latter not included. */
  get playerRows(): { readonly from: number; readonly until: number } {
    const { firstPlayers } = this.#source;
    return { from: cell(firstPlayers, this.#row), until: cell(firstPlayers, this.#row + 1) };
  }
  get columns(): SnapshotColumns {
    return this.#source.columns;
  }
  get #isPreparing(): boolean {
    return this.#source.columns.phase[this.#change] === PHASES.PREPARING;
  }
  #readPlayers(): readonly TicketPlayer[] {
    const { playerId, playerPayload } = this.#source.columns;
    const { from, until } = this.playerRows;
    const rows = Array.from({ length: until - from }, (_, index) => from + index);
    const joined = this.#isPreparing && this.state.phase === "PREPARING" ? this.state.preparation.joined : undefined;
    return rows.map((row) => {
      const id = playerId.at(row) as PlayerId;
      // Whoever joined later had brought nothing yet.
      return joined && !joined.includes(row - from) ? askedPlayer(id) : decodePayload(id, playerPayload.at(row));
    });
  }
}

export class StoredEvent implements TicketEventRecord {
  readonly previous: TicketEventRecord | undefined;
  readonly #source: SnapshotSource;
  readonly #row: number;

  constructor(source: SnapshotSource, row: number, previous: TicketEventRecord | undefined) {
    this.previous = previous;
    this.#source = source;
    this.#row = row;
  }
  get number(): number {
    return cell(this.#source.columns.eventNumber, this.#row);
  }
  get sequence(): number {
    return cell(this.#source.columns.eventSequence, this.#row);
  }
  get type(): TicketEventRecord["type"] {
    return required(EVENT_TYPE_WORDS[cell(this.#source.columns.eventType, this.#row)]);
  }
  get ticket(): Ticket {
    const row = cell(this.#source.columns.eventTicket, this.#row);
    return new StoredTicket(this.#source, { row, change: this.#source.tickets + this.#row });
  }
  get atMs(): number {
    return cell(this.#source.columns.eventAtMs, this.#row);
  }
  get atWallMs(): number {
    return cell(this.#source.columns.eventAtWallMs, this.#row);
  }
  get sessionEndCause(): SessionEndCauseWord | undefined {
    return readEnum(SessionEndCause, cell(this.#source.columns.eventEndCause, this.#row));
  }
}

export class StoredAssignment implements Assignment {
  readonly #bytes: Uint8Array;
  #assignment: Assignment | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }
  get address(): Assignment["address"] {
    return this.#read().address;
  }
  get battleSessionId(): Assignment["battleSessionId"] {
    return this.#read().battleSessionId;
  }
  get region(): Assignment["region"] {
    return this.#read().region;
  }
  get players(): Assignment["players"] {
    return this.#read().players;
  }
  get rejoined(): Assignment["rejoined"] {
    return this.#read().rejoined;
  }
  get formedBy(): Assignment["formedBy"] {
    return this.#read().formedBy;
  }
  get joinGrant(): Assignment["joinGrant"] {
    return this.#read().joinGrant;
  }
  get bytes(): Uint8Array {
    return this.#bytes;
  }
  includesPlayer(playerId: PlayerId): boolean {
    // Most hold other players, and need not be read for it.
    const isSpokenOf = this.#assignment !== undefined || asBuffer(this.#bytes).includes(playerId);
    return isSpokenOf && this.players.some((player) => player.playerId === playerId);
  }
  #read(): Assignment {
    this.#assignment ??= decodeAssignment(this.#bytes);
    return this.#assignment;
  }
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function readState({ columns, assignments, proposals }: SnapshotSource, row: number): TicketState {
  const phase = PHASE_WORDS[cell(columns.phase, row)];
  const cause = CAUSE_WORDS[cell(columns.cause, row)];
  const subjectRow = cell(columns.subject, row);
  const subject = subjectRow === 0 ? undefined : columns.id.at(subjectRow - 1);
  switch (phase) {
    case "PREPARING":
      return { phase, preparation: decodePreparation(columns.preparation.at(cell(columns.proposal, row) - 1)) };
    case "SEARCHING":
      return cause === undefined ? SEARCHING : { phase, cause };
    case "CLAIMED":
      return { phase, cause, fillId: required(subject) as FillId };
    case "REQUIRES_ACCEPTANCE": {
      const stored = required(proposals[cell(columns.proposal, row) - 1]);
      const proposal = new StoredProposalView(stored, cell(columns.accepted, row));
      return { phase, matchId: required(subject) as MatchId, proposal };
    }
    case "PLACING":
      return { phase, matchId: required(subject) as MatchId };
    case "COMPLETED": {
      const assignment = required(assignments[cell(columns.assignment, row) - 1]);
      return { phase, matchId: subject as MatchId | undefined, assignment };
    }
    case "CANCELLED":
      return { phase, cause: required<TicketCause>(cause), matchId: subject as MatchId | undefined };
    case "TIMED_OUT":
      return { phase, cause: required<TicketCause>(cause) };
    case "FAILED":
      return { phase, cause: required<TicketCause>(cause), matchId: required(subject) as MatchId };
    case undefined:
      throw new InvariantError("a ticket of a snapshot has a phase");
    default:
      return unreachable(phase);
  }
}

function cell(column: { readonly [row: number]: number | undefined }, row: number): number {
  const value = column[row];
  invariant(value !== undefined, "a snapshot's tables are whole: its checksums have proved them");
  return value;
}

function required<Value>(value: Value | undefined): Value {
  invariant(value !== undefined, "a ticket of a snapshot has all that its phase asks for");
  return value;
}
