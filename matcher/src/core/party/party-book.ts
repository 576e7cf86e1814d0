// Every party that the matcher remembers, with what finds them: changed in place, by the fold alone.
import type { PartyId, PlayerId, TicketId } from "@muster/proto";
import { createDeadlineHeap, type Deadline, type DeadlineHeap } from "../deadline-heap.ts";
import type { Party } from "./party.ts";

export type PartyBook = {
  /** In the order of their last change. */
  readonly byId: Map<PartyId, Party>;
  /** Changes, oldest first, for whoever follows them. One that was followed by another of its party may be missing. */
  log: readonly LoggedChange[];
  readonly memberOf: Map<PlayerId, PartyId>;
  /** Parties that a player is invited to or has asked. */
  readonly offersOf: Map<PlayerId, Set<PartyId>>;
  /**
   * Live tickets whose players are the members of their party. One of a party that has changed since is in none: it is in a match or
   * fill whose outcome comes first, and searches no more after it.
   */
  readonly tickets: Map<PartyId, Set<TicketId>>;
  /** When the next offer of a party expires. */
  readonly deadlines: DeadlineHeap<PartyId>;
  readonly deadlineOf: Map<PartyId, Deadline<PartyId>>;
  /** Number of the last change. */
  changes: number;
  /** Number of the last change that a forgotten party had. */
  forgotten: number;
  /** Parties that have not ended. */
  live: number;
};

export type LoggedChange = { readonly number: number; readonly sequence: number; readonly partyId: PartyId };

/** Superseded changes that the log holds at least before they are swept out. */
const SWEEP_MIN = 1_024;

export function createPartyBook(): PartyBook {
  return {
    byId: new Map(),
    log: [],
    memberOf: new Map(),
    offersOf: new Map(),
    tickets: new Map(),
    deadlines: createDeadlineHeap<PartyId>(),
    deadlineOf: new Map(),
    changes: 0,
    forgotten: 0,
    live: 0,
  };
}

/** Puts the party in the place of what was known of it, last in the order of changes. */
export function putParty(book: PartyBook, party: Party): void {
  const before = book.byId.get(party.partyId);
  if (before) unindex(book, before);
  book.byId.delete(party.partyId);
  book.byId.set(party.partyId, party);
  index(book, party);
  const { number, sequence } = party.lastChange;
  append(book, { number, sequence, partyId: party.partyId });
}

/** A new list only when it is swept: whoever walks the present one goes on with it. */
function append(book: PartyBook, change: LoggedChange): void {
  (book.log as LoggedChange[]).push(change);
  if (book.log.length < 2 * book.byId.size + SWEEP_MIN) return;
  book.log = book.log.filter(({ number, partyId }) => book.byId.get(partyId)?.lastChange.number === number);
}

/** Place in the log of the first change after `number`. */
export function placeAfter({ log }: Pick<PartyBook, "log">, number: number): number {
  let from = 0;
  let until = log.length;
  while (from < until) {
    const middle = (from + until) >> 1;
    if ((log[middle]?.number ?? 0) <= number) from = middle + 1;
    else until = middle;
  }
  return from;
}

/** As `putParty`, but its place in the order of changes stays. */
export function replaceParty(book: PartyBook, party: Party): void {
  const before = book.byId.get(party.partyId);
  if (before) unindex(book, before);
  book.byId.set(party.partyId, party);
  index(book, party);
}

function index(book: PartyBook, party: Party): void {
  const { partyId } = party;
  for (const { playerId } of party.members) book.memberOf.set(playerId, partyId);
  for (const { player } of party.offers) {
    const offers = book.offersOf.get(player.playerId) ?? new Set();
    book.offersOf.set(player.playerId, offers.add(partyId));
  }
  const atMs = Math.min(...party.offers.map(({ expiresAtMs }) => expiresAtMs));
  if (Number.isFinite(atMs)) {
    const deadline = { ticketId: partyId, atMs, place: -1 };
    book.deadlineOf.set(partyId, deadline);
    book.deadlines.add(deadline);
  }
  if (party.endedAtMs === undefined) book.live += 1;
}

export function forgetParty(book: PartyBook, partyId: PartyId): void {
  const party = book.byId.get(partyId);
  if (!party) return;
  unindex(book, party);
  book.byId.delete(partyId);
  book.tickets.delete(partyId);
  book.forgotten = Math.max(book.forgotten, party.lastChange.number);
}

function unindex(book: PartyBook, { partyId, members, offers, endedAtMs }: Party): void {
  for (const { playerId } of members) book.memberOf.delete(playerId);
  for (const { player } of offers) {
    const parties = book.offersOf.get(player.playerId);
    parties?.delete(partyId);
    if (parties?.size === 0) book.offersOf.delete(player.playerId);
  }
  const deadline = book.deadlineOf.get(partyId);
  if (deadline) book.deadlines.remove(deadline);
  book.deadlineOf.delete(partyId);
  if (endedAtMs === undefined) book.live -= 1;
}

/** Whether the ticket was started for the party as it is no more. */
export function isStale(
  book: PartyBook,
  { partyId, ticketId }: { readonly partyId?: PartyId | undefined; readonly ticketId: TicketId },
): boolean {
  return partyId !== undefined && book.tickets.get(partyId)?.has(ticketId) !== true;
}
