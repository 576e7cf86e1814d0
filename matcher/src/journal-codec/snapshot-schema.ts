// The columns of a matcher's snapshot. Tickets, events and what changes of a ticket stand in three tables; everything that
// follows from them (pools, deadlines, who holds which player, what is to be forgotten when) is worked out anew by the reader.
// When you change this, raise SNAPSHOT_FORMAT.
import type { ReadColumns } from "@muster/journal";
import type { TicketCause, TicketState } from "../core/ticket.ts";
import type { TicketEventRecord } from "../core/ticket-events.ts";

export const SNAPSHOT_FORMAT = 16;

export const SNAPSHOT_SCHEMA = {
  /**
   * Tickets that ever arrived; number of the last event of a ticket, and of a session; of the last change of a party, and of the
   * last that is forgotten; of the last notice.
   */
  counters: "f64",

  // One row a ticket of the state, in the order of their arrival.
  /** Its events that only its own history still holds. */
  olderEvents: "u32",

  // One row an event: first those older ones, ticket by ticket, then the log. Oldest first.
  /** Row of its ticket. */
  eventTicket: "u32",
  eventNumber: "f64",
  eventSequence: "f64",
  /** EVENT_TYPES. */
  eventType: "u8",
  eventAtMs: "f64",
  eventAtWallMs: "f64",
  /** Number of the word in the contract. 0: none. */
  eventEndCause: "u8",

  // One row a ticket: those of the state, then those that have been forgotten while events speak of them.
  ticketId: "string",
  /** Row of `name`. */
  ticketConfiguration: "u32",
  ticketArrival: "f64",
  ticketSearchingSinceMs: "f64",
  ticketCreatedAtWallMs: "f64",
  ticketBodyDigest: "string",
  ticketPlayers: "u32",
  /** How long its players took to join, in ms, and one more. 0: nobody was asked to. */
  ticketPreparedFor: "u32",
  /** Row of `id`, counted from 1: its party. 0: none. */
  ticketParty: "u32",
  /** How long it may be without a watch of its owner, in ms. 0: it needs none. */
  ticketPresence: "u32",
  /** JSON of whom it seeks. Nothing: it has no query. */
  ticketQuery: "blob",

  // One row a player of a ticket.
  playerId: "string",
  /** JSON of attributes, latencies, team and data, if there are any. */
  playerPayload: "blob",

  // One row for what changes of a ticket: as it is now for each ticket of the state, then as it was after each event.
  timesOutAtMs: "f64",
  version: "u32",
  returns: "u32",
  /** PHASES. */
  phase: "u8",
  /** CAUSES. 0: none. */
  cause: "u8",
  /** Row of `id`, counted from 1: its match, or its fill. 0: none. */
  subject: "u32",
  /** Row of `assignmentDocument`, counted from 1. 0: none. */
  assignment: "u32",
  /** Row of `proposalTerms`, counted from 1; of a ticket that is PREPARING, of `preparation`. 0: none. */
  proposal: "u32",
  /** How many of the first in its order of acceptance had accepted. */
  accepted: "u32",

  // What is spoken of more than once, each in the order in which it is spoken of first.
  name: "string",
  id: "string",
  assignmentDocument: "blob",
  proposalTerms: "blob",
  preparation: "blob",

  ruleSet: "blob",
  configuration: "blob",
  /** Names of rule sets, then of configurations, that are there no more, each with its last version. */
  deletedName: "string",
  deletedVersion: "f64",
  /** How many of them are rule sets. */
  deletedRuleSets: "u32",
  match: "blob",
  /** Matches that hooks are asked of. */
  weighed: "blob",
  proposalOpen: "blob",
  session: "blob",
  /** Events of sessions that are kept, oldest first. */
  sessionEvent: "blob",
  /** Notices that are kept, oldest first. */
  notice: "blob",
  /** In the order of their last change. */
  party: "blob",
  /** In the order in which they were added. */
  joinKey: "blob",
  /** One row a player who has used a join token: the fact that says so. */
  joinRedeemed: "blob",
  /** Tickets that hooks refused, in that order. */
  refusal: "blob",
  erasureId: "string",
  erasureDigest: "string",
} as const;

export type SnapshotColumns = ReadColumns<typeof SNAPSHOT_SCHEMA>;

export const PHASES: Readonly<Record<TicketState["phase"], number>> = {
  SEARCHING: 1,
  CLAIMED: 2,
  PLACING: 3,
  COMPLETED: 4,
  CANCELLED: 5,
  TIMED_OUT: 6,
  FAILED: 7,
  REQUIRES_ACCEPTANCE: 8,
  PREPARING: 9,
};

export const CAUSES: Readonly<Record<TicketCause, number>> = {
  CANCELLED_BY_REQUEST: 1,
  REQUEST_TIMED_OUT: 2,
  PLACEMENT_CANCELLED: 3,
  PLACEMENT_TIMED_OUT: 4,
  PLACEMENT_FAILED: 5,
  RESERVATION_EXPIRED: 6,
  ACCEPTANCE_REFUSED: 7,
  ACCEPTANCE_TIMED_OUT: 8,
  MATCH_REFUSED: 9,
  MATCH_UNANSWERED: 10,
  CONFIGURATION_DELETED: 11,
  PREPARATION_DECLINED: 30,
  PREPARATION_TIMED_OUT: 31,
  PARTY_CHANGED: 32,
  SUPERSEDED: 40,
  OWNER_GONE: 41,
  MATCHED_ELSEWHERE: 50,
};

export const EVENT_TYPES: Readonly<Record<TicketEventRecord["type"], number>> = {
  STATE_CHANGED: 1,
  SESSION_ENDED: 2,
  ACCEPTANCE_CHANGED: 3,
  PREPARATION_CHANGED: 4,
};
