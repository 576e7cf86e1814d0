// Forgetting a player: whether it can be done now, and what becomes of everything that spoke of the player. The journal's own
// records are overwritten afterwards (erasures.ts).
import { unreachable } from "@muster/kit";
import { type BattleSession, type ErasureId, MusterError, type PlayerId, type ServerSessionId } from "@muster/proto";
import { eraseFromNotices } from "./events/notices.ts";
import type { MatcherFact } from "./fact.ts";
import { eraseFromJoins } from "./join-tokens/join-book.ts";
import type { MatchedSession, MatcherState, TicketEntry } from "./matcher-state.ts";
import { eraseFromParties } from "./party/erase-from-parties.ts";
import { playersOfChange } from "./party/party-change.ts";
import type { ProposalTerms } from "./proposal.ts";
import type { TicketQuery } from "./query/ticket-query.ts";
import {
  type Assignment,
  changedTicket,
  includesPlayer,
  type Ticket,
  type TicketPlayer,
  type TicketState,
} from "./ticket.ts";
import { eventWith, historyOf, type TicketEventRecord } from "./ticket-events.ts";

export type Erasure = {
  /** Drawn for this request. */
  readonly erasureId: ErasureId;
  readonly playerId: PlayerId;
  /** Of both: finds the player's records without naming the player. */
  readonly playerDigest: string;
};

/** What stands in place of a player who has been erased: no player has this id. */
const ERASED = "" as PlayerId;

/**
 * The fact that erases the player. `findSession` is the session as the fleet shows it.
 *
 * @throws {MusterError} PLAYER_IN_LIVE_TICKET; PLAYER_IN_PARTY; PLAYER_SEATED if a later fact could name the player again; SERVICE_NOT_READY while nobody
 *   can tell, as the fleet does not show a battle in which the player may sit without a ticket of ours.
 */
export function decideErasePlayer(
  state: MatcherState,
  erasure: Erasure,
  findSession: (id: ServerSessionId) => BattleSession | undefined,
): readonly MatcherFact[] {
  const { playerId } = erasure;
  for (const { players } of state.pools.values()) {
    const ticketId = players.find(playerId);
    if (ticketId === undefined) continue;
    const why = `Cannot erase player ${playerId} as only who is in no live ticket can be: ${ticketId} holds the player`;
    throw new MusterError("PLAYER_IN_LIVE_TICKET", why, { metadata: { playerId, ticketId } });
  }
  const partyId = state.parties.memberOf.get(playerId);
  if (partyId !== undefined) {
    const why = `Cannot erase player ${playerId} as only who is in no party can be: ${partyId} has the player`;
    throw new MusterError("PLAYER_IN_PARTY", why, { metadata: { playerId, partyId } });
  }
  for (const session of state.sessions.values()) {
    if (session.ended || !mayBeSeated(state, session, { playerId, shown: findSession(session.battleSessionId) }))
      continue;
    const { battleSessionId } = session;
    const why = `Cannot erase player ${playerId} as only who sits in no battle can be: ${battleSessionId} has, or may have, the player`;
    throw new MusterError("PLAYER_SEATED", why, { metadata: { playerId, battleSessionId } });
  }
  for (const { ended, battleSessionId } of state.sessions.values()) {
    if (ended || findSession(battleSessionId)) continue;
    const why = `Cannot erase player ${playerId} as only who sits in no battle can be: the fleet does not show ${battleSessionId} yet`;
    throw new MusterError("SERVICE_NOT_READY", why);
  }
  return [{ type: "player-erased", ...erasure }];
}

/** Who came with the session is taken to be there still while the fleet does not show it, or a fill's outcome is to come. */
function mayBeSeated(
  state: MatcherState,
  session: MatchedSession,
  { playerId, shown }: { readonly playerId: PlayerId; readonly shown: BattleSession | undefined },
): boolean {
  if (shown?.playerSessions.some((seat) => seat.playerId === playerId)) return true;
  if (shown && !session.fill) return false;
  return session.tickets.some((ticketId) => {
    const entry = state.tickets.get(ticketId);
    return entry !== undefined && includesPlayer(entry.ticket, playerId);
  });
}

/** The fact that the journal holds nothing of the player any more; none if that is known. */
export function decideErasureCompleted(state: MatcherState, erasureId: ErasureId): readonly MatcherFact[] {
  return state.erasures.has(erasureId) ? [{ type: "erasure-completed", erasureId }] : [];
}

/** Everybody whom the fact names. */
export function playersOf(fact: MatcherFact): readonly PlayerId[] {
  switch (fact.type) {
    case "ticket-created":
    case "players-joined":
    case "backfill-started":
    case "match-placed":
    case "ticket-rejoined":
    case "fill-applied":
      return fact.players.map(({ playerId }) => playerId);
    case "match-accepted":
      return fact.playerIds;
    case "match-weighed":
      return fact.match?.players.map(({ playerId }) => playerId) ?? [];
    case "match-formed":
      return fact.match.players.map(({ playerId }) => playerId);
    case "fill-decided":
      return fact.newcomers.map(({ playerId }) => playerId);
    case "party-changed":
      return playersOfChange(fact.change);
    case "duplicate-noted":
      return fact.playerIds;
    case "preparation-declined":
    case "join-token-redeemed":
    case "player-erased":
      return [fact.playerId];
    case "rule-set-put":
    case "configuration-put":
    case "rule-set-deleted":
    case "configuration-deleted":
    case "ticket-cancelled":
    case "ticket-timed-out":
    case "proposal-ended":
    case "placement-ended":
    case "session-adopted":
    case "backfill-changed":
    case "fill-dropped":
    case "session-ended":
    case "ended-forgotten":
    case "ticket-refused":
    case "join-key-added":
    case "join-key-revoked":
    case "erasure-completed":
      return [];
    default:
      return unreachable(fact);
  }
}

/** Replaces the player in tickets, in what was told of them, and in assignments. Looks at all of them: some 0.3 s a million. */
export function erasePlayer(state: MatcherState, playerId: PlayerId): void {
  eraseFromParties(state.parties, playerId);
  eraseFromJoins(state.joins, playerId);
  eraseFromNotices(state, playerId);
  const assignments = new Map<Assignment, Assignment>();
  const proposals = new Map<ProposalTerms, ProposalTerms>();
  const replaced = new Map<number, TicketEventRecord>();

  const isConcerned = (ticket: Ticket) => {
    const { state: at } = ticket;
    if (includesPlayer(ticket, playerId)) return true;
    if (at.phase === "REQUIRES_ACCEPTANCE") return includesPlayer(at.proposal.terms, playerId);
    return at.phase === "COMPLETED" && includesPlayer(at.assignment, playerId);
  };
  const redactTerms = (terms: ProposalTerms): ProposalTerms => {
    const known = proposals.get(terms);
    if (known) return known;
    const players = terms.players.map((player) => {
      return player.playerId === playerId ? { ...player, playerId: ERASED } : player;
    });
    const redacted = { ...terms, players };
    proposals.set(terms, redacted);
    return redacted;
  };
  const redactAssignment = (assignment: Assignment): Assignment => {
    const known = assignments.get(assignment);
    if (known) return known;
    const { address, battleSessionId, region, formedBy, joinGrant, rejoined } = assignment;
    // A party has one set of properties: it goes with whoever of it is erased.
    const own = new Set(assignment.players.filter((one) => one.playerId === playerId).map(({ ticketId }) => ticketId));
    const players = assignment.players.map((player) => {
      const { properties, ...known } = player;
      const kept = properties && !own.has(player.ticketId) ? player : known;
      return player.playerId === playerId ? { ...kept, playerId: ERASED, playerSessionId: undefined } : kept;
    });
    const redacted = { address, battleSessionId, region, players, formedBy, joinGrant, rejoined };
    assignments.set(assignment, redacted); // One value for all who share it.
    return redacted;
  };
  const redactState = (at: TicketState): TicketState => {
    if (at.phase === "COMPLETED") return { ...at, assignment: redactAssignment(at.assignment) };
    if (at.phase !== "REQUIRES_ACCEPTANCE") return at;
    const { terms, accepted } = at.proposal;
    return { ...at, proposal: { terms: redactTerms(terms), accepted } };
  };
  const redactTicket = (ticket: Ticket): Ticket => {
    const { state: at, version, returns } = ticket;
    const after = redactState(at);
    const players = ticket.players.map((player) => (player.playerId === playerId ? erasedPlayer : player));
    const query = ticket.query && includesPlayer(ticket, playerId) ? { query: withoutWords(ticket.query) } : {};
    return { ...changedTicket(ticket, { state: after, version, returns }), players, ...query };
  };
  for (const [ticketId, entry] of state.tickets) {
    if (!isConcerned(entry.ticket) && !wasProposedWith(entry, playerId)) continue;
    let latest: TicketEventRecord | undefined;
    for (const event of historyOf(entry)) {
      latest = eventWith(event, { ticket: redactTicket(event.ticket), previous: latest });
      replaced.set(event.number, latest);
    }
    state.tickets.set(ticketId, {
      ticket: redactTicket(entry.ticket),
      latest: latest ?? entry.latest,
      search: entry.search,
    });
  }
  for (const [id, session] of state.sessions) {
    const { backfill } = session;
    if (!backfill?.players.some((player) => player.playerId === playerId)) continue;
    const players = backfill.players.filter((player) => player.playerId !== playerId);
    state.sessions.set(id, { ...session, backfill: { ...backfill, players } });
  }
  state.events.replace((event) => {
    const known = replaced.get(event.number);
    if (known || !isConcerned(event.ticket)) return known ?? event;
    return eventWith(event, { ticket: redactTicket(event.ticket), previous: undefined }); // Of a forgotten ticket.
  });
}

/** Whether the ticket was in a proposal with the player, which others ended: its history shows whom it was with. */
function wasProposedWith({ ticket, latest }: TicketEntry, playerId: PlayerId): boolean {
  // Proposed and gone on, each a version; a match that formed at once has as many, and its assignment shows the same players.
  if (ticket.version < 3 || (ticket.state.phase === "COMPLETED" && ticket.version === 3)) return false;
  for (let event: TicketEventRecord | undefined = latest; event; event = event.previous) {
    const { state: at } = event.ticket;
    if (at.phase === "REQUIRES_ACCEPTANCE" && includesPlayer(at.proposal.terms, playerId)) return true;
  }
  return false;
}

/** How many it was for stays; what it said does not. */
function withoutWords(query: TicketQuery): TicketQuery {
  return { ...query, query: "*", stringProperties: {}, numericProperties: {} };
}

const erasedPlayer: TicketPlayer = { playerId: ERASED, attributes: {}, latenciesMs: {}, team: undefined };
