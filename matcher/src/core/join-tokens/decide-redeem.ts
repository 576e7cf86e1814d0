// Whether a token that was shown counts. Who signed it has been seen; here its match, its time and its earlier uses are.
import { type MatchId, MusterError, type PlayerId, type TicketId } from "@muster/proto";
import type { MatcherFact } from "../fact.ts";
import type { MatcherState } from "../matcher-state.ts";
import { includesPlayer } from "../ticket.ts";
import type { JoinSeat } from "./join-book.ts";

/** What the token says. */
export type JoinClaims = {
  readonly matchId: MatchId;
  readonly ticketId: TicketId;
  readonly playerId: PlayerId;
  /** Wall clock, in ms. */
  readonly expiresAtWallMs: number;
};

export type RedeemJoin = {
  readonly claims: JoinClaims;
  /** The match that the caller hosts. Undefined: any. */
  readonly matchId: MatchId | undefined;
  /** "": the caller named none. */
  readonly requestId: string;
};

/**
 * Who the token lets in, and the fact that uses it up; none for a repeat. It counts as long as neither clock says that it is over, and
 * its ticket is remembered: so that no clock that goes back makes it count again.
 *
 * @throws {MusterError} JOIN_TOKEN_OF_OTHER_MATCH, JOIN_TOKEN_REDEEMED, JOIN_TOKEN_EXPIRED.
 */
export function decideRedeem(
  state: MatcherState,
  { claims, matchId, requestId }: RedeemJoin,
  now: { readonly nowMs: number; readonly wallMs: number },
): { readonly facts: readonly MatcherFact[]; readonly reply: JoinSeat } {
  const { ticketId, playerId } = claims;
  const metadata = { matchId: claims.matchId, ticketId };
  if (matchId !== undefined && matchId !== claims.matchId) {
    const why = `Cannot redeem a join token as it is of ${claims.matchId}: the caller hosts ${matchId}`;
    throw new MusterError("JOIN_TOKEN_OF_OTHER_MATCH", why, { metadata });
  }
  const ticket = state.tickets.get(ticketId)?.ticket;
  const at = ticket?.state.phase === "COMPLETED" && ticket.state.matchId === claims.matchId ? ticket.state : undefined;
  const grant = at?.assignment.joinGrant;
  if (!ticket || !at || !grant || !includesPlayer(ticket, playerId)) {
    const why = `Cannot redeem a join token as it is over: ticket ${ticketId} is remembered no more`;
    throw new MusterError("JOIN_TOKEN_EXPIRED", why, { metadata });
  }
  const team = at.assignment.players.find((one) => one.playerId === playerId && one.ticketId === ticketId)?.team;
  const reply = { matchId: claims.matchId, ticketId, playerId, configuration: ticket.configuration, team };
  const before = state.joins.redeemed.get(ticketId)?.get(playerId);
  if (before !== undefined) {
    if (before !== "" && before === requestId) return { facts: [], reply };
    const why = `Cannot redeem a join token of ${claims.matchId} as it counts once: it was redeemed before`;
    throw new MusterError("JOIN_TOKEN_REDEEMED", why, { metadata });
  }
  if (now.wallMs >= claims.expiresAtWallMs || now.nowMs >= grant.expiresAtMs) {
    const why = `Cannot redeem a join token of ${claims.matchId} as it counts for ${grant.lifetimeMs / 1_000} s: it is over`;
    throw new MusterError("JOIN_TOKEN_EXPIRED", why, { metadata });
  }
  return { facts: [{ type: "join-token-redeemed", ticketId, playerId, requestId }], reply };
}
