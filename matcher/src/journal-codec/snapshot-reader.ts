// The matcher's state from a snapshot: the maps are filled, tickets and events stay views of the columns until they are asked.
import { readColumns } from "@muster/journal";
import { invariant } from "@muster/kit";
import { type ErasureId, MusterError, type PlayerId, type TicketId } from "@muster/proto";
import { createDeadlineHeap, type Deadline } from "../core/deadline-heap.ts";
import { createNoticeLog } from "../core/events/notices.ts";
import { redeemJoin } from "../core/join-tokens/join-book.ts";
import {
  createMatcherState,
  type Ended,
  holdConfiguration,
  type MatchedSession,
  type MatcherState,
  type Pool,
  poolOf,
} from "../core/matcher-state.ts";
import type { Party } from "../core/party/party.ts";
import { putParty } from "../core/party/party-book.ts";
import { searchOf } from "../core/searching-tickets.ts";
import { createSessionEventLog } from "../core/session-events.ts";
import { createTicketEventLog, type TicketEventRecord } from "../core/ticket-events.ts";
import { decodeJoinKey, decodeRedemption } from "./join-wire.ts";
import {
  decodeConfiguration,
  decodeMatch,
  decodeRefusal,
  decodeRuleSet,
  decodeSession,
  decodeSessionEvent,
} from "./kept-documents.ts";
import { decodeProposal } from "./kept-proposal.ts";
import { decodeNotice } from "./notice-wire.ts";
import { decodeParty } from "./party-wire.ts";
import { EVENT_TYPES, PHASES, SNAPSHOT_SCHEMA, type SnapshotColumns } from "./snapshot-schema.ts";
import { StoredProposal } from "./stored-proposal.ts";
import { type SnapshotSource, StoredAssignment, StoredEvent, StoredTicket } from "./stored-ticket.ts";

/** @throws {MusterError} JOURNAL_UNREADABLE if the chunks are damaged. */
export async function restoreMatcherState(chunks: AsyncIterable<Uint8Array>): Promise<MatcherState> {
  const columns = await readColumns(SNAPSHOT_SCHEMA, chunks);
  checkTables(columns);
  const source = sourceOf(columns);
  const [arrivals = 0, lastEvent = 0, lastSessionEvent = 0, partyChanges = 0, partiesForgotten = 0, lastNotice = 0] =
    columns.counters;
  const { log, latest, endedTickets } = readEvents(source);
  const state: MatcherState = {
    ...createMatcherState(),
    events: createTicketEventLog(log, lastEvent),
    sessionEvents: createSessionEventLog(rowsOf(columns.sessionEvent, decodeSessionEvent), lastSessionEvent),
    notices: createNoticeLog(rowsOf(columns.notice, decodeNotice), lastNotice),
    arrivals,
  };
  const deadlines = readTickets(state, source, latest);
  for (let row = 0; row < columns.ruleSet.length; row += 1)
    state.ruleSets.set(...decodeRuleSet(columns.ruleSet.at(row)));
  const [deletedRuleSets = 0] = columns.deletedRuleSets;
  for (let row = 0; row < columns.deletedName.length; row += 1) {
    const { ruleSets, configurations } = state.deleted;
    const names = row < deletedRuleSets ? ruleSets : configurations;
    names.set(columns.deletedName.at(row), columns.deletedVersion[row] ?? 0);
  }
  for (let row = 0; row < columns.configuration.length; row += 1) {
    holdConfiguration(state, decodeConfiguration(columns.configuration.at(row)));
  }
  for (let row = 0; row < columns.match.length; row += 1) {
    const match = decodeMatch(columns.match.at(row));
    state.matches.set(match.matchId, match);
  }
  for (let row = 0; row < columns.weighed.length; row += 1) {
    const { attempt: _, ...match } = decodeMatch(columns.weighed.at(row));
    state.weighed.set(match.matchId, match);
  }
  for (let row = 0; row < columns.proposalOpen.length; row += 1) {
    const proposal = decodeProposal(columns.proposalOpen.at(row));
    state.proposals.set(proposal.match.matchId, proposal);
    deadlines.push(proposal.deadline);
  }
  for (let row = 0; row < columns.session.length; row += 1) addSession(state, decodeSession(columns.session.at(row)));
  for (let row = 0; row < columns.erasureId.length; row += 1) {
    state.erasures.set(columns.erasureId.at(row) as ErasureId, columns.erasureDigest.at(row));
  }
  for (let row = 0; row < columns.refusal.length; row += 1) {
    const refusal = decodeRefusal(columns.refusal.at(row));
    state.refused.set(refusal.ticketId, refusal);
  }
  for (let row = 0; row < columns.joinKey.length; row += 1) {
    const key = decodeJoinKey(columns.joinKey.at(row));
    state.joins.keys.set(key.keyId, key);
  }
  for (let row = 0; row < columns.joinRedeemed.length; row += 1) {
    redeemJoin(state.joins, decodeRedemption(columns.joinRedeemed.at(row)));
  }
  for (let row = 0; row < columns.party.length; row += 1) {
    const [party, ticketIds] = decodeParty(columns.party.at(row));
    putParty(state.parties, party);
    if (ticketIds.length > 0) state.parties.tickets.set(party.partyId, new Set(ticketIds));
  }
  Object.assign(state.parties, { changes: partyChanges, forgotten: partiesForgotten });
  const refusals = Array.from(
    state.refused.values(),
    ({ ticketId, atMs }): Ended => ({ type: "refusal", ticketId, atMs }),
  );
  const ended = mergeEnded(
    [...endedTickets, ...refusals],
    [...state.sessions.values()],
    [...state.parties.byId.values()],
  );
  return { ...state, deadlines: createDeadlineHeap(deadlines), ended };
}

function rowsOf<Value>(column: SnapshotColumns["notice"], read: (bytes: Uint8Array) => Value): readonly Value[] {
  return Array.from({ length: column.length }, (_, row) => read(column.at(row)));
}

function sourceOf(columns: SnapshotColumns): SnapshotSource {
  const firstPlayers = new Uint32Array(columns.ticketPlayers.length + 1);
  for (const [row, players] of columns.ticketPlayers.entries()) {
    firstPlayers[row + 1] = (firstPlayers[row] ?? 0) + players;
  }
  const names = Array.from({ length: columns.name.length }, (_, row) => columns.name.at(row));
  const assignments = Array.from({ length: columns.assignmentDocument.length }, (_, row) => {
    return new StoredAssignment(columns.assignmentDocument.at(row));
  });
  const acceptedMost = new Uint32Array(columns.proposalTerms.length);
  for (const [row, proposal] of columns.proposal.entries()) {
    const before = acceptedMost[proposal - 1];
    if (before !== undefined) acceptedMost[proposal - 1] = Math.max(before, columns.accepted[row] ?? 0);
  }
  const proposals = Array.from(acceptedMost, (most, row) => new StoredProposal(columns.proposalTerms.at(row), most));
  return { columns, names, firstPlayers, assignments, proposals, tickets: columns.olderEvents.length };
}

/** The log, the last event of each ticket of the state, and when tickets ended, in this order. */
function readEvents(source: SnapshotSource): {
  readonly log: readonly TicketEventRecord[];
  readonly latest: readonly (TicketEventRecord | undefined)[];
  readonly endedTickets: readonly Ended[];
} {
  const { columns, tickets } = source;
  let older = 0;
  for (const count of columns.olderEvents) older += count;
  const latest: (TicketEventRecord | undefined)[] = new Array(tickets).fill(undefined);
  const log: TicketEventRecord[] = [];
  const endedTickets: Ended[] = [];
  for (const [row, ticket] of columns.eventTicket.entries()) {
    const isKept = ticket < tickets;
    const event = new StoredEvent(source, row, isKept ? latest[ticket] : undefined);
    if (isKept) latest[ticket] = event;
    if (row >= older) log.push(event);
    const endsTicket = columns.eventType[row] === EVENT_TYPES.STATE_CHANGED && !isLive(columns.phase[tickets + row]);
    if (isKept && endsTicket) {
      const ticketId = columns.ticketId.at(ticket) as TicketId;
      endedTickets.push({ type: "ticket", ticketId, atMs: columns.eventAtMs[row] ?? 0 });
    }
  }
  return { log, latest, endedTickets };
}

const LIVE: ReadonlySet<number> = new Set([
  ...[PHASES.PREPARING, PHASES.SEARCHING, PHASES.CLAIMED, PHASES.REQUIRES_ACCEPTANCE, PHASES.PLACING],
]);

function isLive(phase: number | undefined): boolean {
  return LIVE.has(phase ?? 0);
}

/** Fills tickets and pools; answers the deadlines of those who search or are prepared. */
function readTickets(
  state: MatcherState,
  source: SnapshotSource,
  latest: readonly (TicketEventRecord | undefined)[],
): Deadline[] {
  const { columns, tickets, names, firstPlayers } = source;
  const deadlines: Deadline[] = [];
  const pools: Pool[] = names.map((name) => poolOf(state, name));
  for (let row = 0; row < tickets; row += 1) {
    const ticketId = columns.ticketId.at(row) as TicketId;
    const ticket = new StoredTicket(source, { row, change: row, id: ticketId });
    const last = latest[row];
    const pool = pools[columns.ticketConfiguration[row] ?? -1];
    invariant(last && pool, "every ticket of a snapshot has an event and a pool");
    const phase = columns.phase[row];
    const hasDeadline = phase === PHASES.SEARCHING || phase === PHASES.PREPARING;
    const search = hasDeadline ? searchOf(ticket) : undefined;
    if (search) deadlines.push(search);
    if (search && phase === PHASES.SEARCHING) pool.searching.add(search, 0); // Nobody hears of it yet.
    if (isLive(phase)) {
      pool.live += 1;
      const until = firstPlayers[row + 1] ?? 0;
      for (let player = firstPlayers[row] ?? 0; player < until; player += 1) {
        pool.players.add(columns.playerId.at(player) as PlayerId, ticketId);
      }
    }
    state.tickets.set(ticketId, { ticket, latest: last, search });
  }
  return deadlines;
}

function addSession(state: MatcherState, session: MatchedSession): void {
  state.sessions.set(session.battleSessionId, session);
  const { backfills, filling } = poolOf(state, session.configuration);
  if (session.backfill?.document.state === "SEARCHING") backfills.add(session.battleSessionId);
  if (session.fill) filling.add(session.battleSessionId);
}

/** What ended, in the order of its end. */
function mergeEnded(
  tickets: readonly Ended[],
  sessions: readonly MatchedSession[],
  parties: readonly Party[],
): Ended[] {
  const ended = [...tickets];
  for (const { battleSessionId, ended: end } of sessions) {
    if (end) ended.push({ type: "session", battleSessionId, atMs: end.atMs });
  }
  for (const { partyId, endedAtMs: atMs } of parties) {
    if (atMs !== undefined) ended.push({ type: "party", partyId, atMs });
  }
  return ended.sort((one, other) => one.atMs - other.atMs);
}

/** Whether the rows of one table are as many in each of its columns: a snapshot that was written halfway would have no end. */
function checkTables(columns: SnapshotColumns): void {
  const { ticketId, eventTicket, olderEvents, playerId } = columns;
  const changes = olderEvents.length + eventTicket.length;
  const isWhole =
    [
      columns.ticketConfiguration,
      columns.ticketArrival,
      columns.ticketSearchingSinceMs,
      columns.ticketCreatedAtWallMs,
      columns.ticketBodyDigest,
      columns.ticketPlayers,
      columns.ticketPreparedFor,
      columns.ticketParty,
      columns.ticketPresence,
      columns.ticketQuery,
    ].every(({ length }) => length === ticketId.length) &&
    [
      columns.eventNumber,
      columns.eventSequence,
      columns.eventType,
      columns.eventAtMs,
      columns.eventAtWallMs,
      columns.eventEndCause,
    ].every(({ length }) => length === eventTicket.length) &&
    [
      columns.timesOutAtMs,
      columns.version,
      columns.returns,
      columns.phase,
      columns.cause,
      columns.subject,
      columns.assignment,
      columns.proposal,
      columns.accepted,
    ].every(({ length }) => length === changes) &&
    columns.playerPayload.length === playerId.length;
  if (isWhole) return;
  throw new MusterError(
    "JOURNAL_UNREADABLE",
    "Cannot read a snapshot of the matcher as its tables have rows without cells",
  );
}
