// What players say who were asked to join a ticket: they come in with what they bring, or do not want to be matched.
import { fieldInvalid, limits, MusterError, type PlayerId, type TicketId } from "@muster/proto";
import { checkInTicket } from "./accept-match.ts";
import { getTicket } from "./cancel-matching.ts";
import type { MatcherFact } from "./fact.ts";
import type { MatcherState } from "./matcher-state.ts";
import { deadlineAfter } from "./never.ts";
import { missingPlayers, withJoined } from "./preparation.ts";
import { checkBringNothing } from "./query/ticket-query.ts";
import { checkPlayers, getConfiguration } from "./start-matching.ts";
import { isLive, readPhase, type Ticket, type TicketPlayer } from "./ticket.ts";
import { historyOf } from "./ticket-events.ts";

export type JoinMatching = { readonly ticketId: TicketId; readonly players: readonly TicketPlayer[] };

/**
 * The facts of players who join; none if they are in already: what they bring again does not count.
 *
 * @throws {MusterError} TICKET_NOT_FOUND, PLAYER_NOT_IN_TICKET, PREPARATION_ENDED, FIELD_INVALID, ATTRIBUTE_INVALID.
 */
export function decideJoinMatching(
  state: MatcherState,
  { ticketId, players }: JoinMatching,
  nowMs: number,
): readonly MatcherFact[] {
  const ticket = getTicket(state, ticketId);
  for (const { playerId } of players) checkInTicket(ticket, playerId);
  if (ticket.state.phase !== "PREPARING") {
    if (hasSearched(state, ticketId)) return [];
    throw preparationEnded(ticket, "join");
  }
  const { preparation } = ticket.state;
  if (nowMs >= preparation.deadlineAtMs) throw preparationEnded(ticket, "join");
  const missing = new Set(missingPlayers(preparation, ticket.players));
  const newcomers = players.filter(({ playerId }) => missing.has(playerId));
  if (newcomers.length === 0) return [];
  const configuration = getConfiguration(state, ticket.configuration);
  if (ticket.query) checkBringNothing(newcomers);
  const checked = checkPlayers(state, configuration, newcomers, ticket.query);
  checkSize(withJoined(preparation, ticket.players, checked).players);
  const timesOutAtMs = deadlineAfter(nowMs, configuration.requestTimeoutMs);
  return [{ type: "players-joined", ticketId, players: checked, timesOutAtMs }];
}

/**
 * The facts of a player who does not want to be matched, in already or not; none if the ticket has ended without a match.
 *
 * @throws {MusterError} TICKET_NOT_FOUND, PLAYER_NOT_IN_TICKET; PREPARATION_ENDED once all are in.
 */
export function decideDeclineMatching(
  state: MatcherState,
  { ticketId, playerId }: { readonly ticketId: TicketId; readonly playerId: PlayerId },
): readonly MatcherFact[] {
  const ticket = getTicket(state, ticketId);
  checkInTicket(ticket, playerId);
  if (ticket.state.phase === "PREPARING") return [{ type: "preparation-declined", ticketId, playerId }];
  if (isLive(ticket) || ticket.state.phase === "COMPLETED") throw preparationEnded(ticket, "decline");
  return [];
}

/** Whether everybody had joined at some time. */
function hasSearched(state: MatcherState, ticketId: TicketId): boolean {
  const entry = state.tickets.get(ticketId);
  return entry !== undefined && historyOf(entry).some(({ ticket }) => ticket.state.phase === "SEARCHING");
}

function checkSize(players: readonly TicketPlayer[]): void {
  const { length } = JSON.stringify(players);
  if (length <= limits.TICKET_CHARS_MAX) return;
  throw fieldInvalid("players", `at most ${limits.TICKET_CHARS_MAX} characters as JSON with all who are in`, length);
}

function preparationEnded({ ticketId, state }: Ticket, verb: "join" | "decline"): MusterError {
  const phase = readPhase(state);
  const present = phase === "PREPARING" ? "its time has passed" : `it is ${phase}`;
  const why = `Cannot ${verb} ticket ${ticketId} as its players must still be awaited: ${present}`;
  return new MusterError("PREPARATION_ENDED", why, { metadata: { ticketId, state: phase } });
}
