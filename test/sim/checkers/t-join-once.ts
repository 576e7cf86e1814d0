// T-JOIN-ONCE: a join token lets in once. Whoever was told that it does has that in the journal, and nobody else is told so but by the same
// request. And a player's token is the same whenever it is shown.
import type { RedeemJoinTokenRequest, RedeemJoinTokenResponse, Ticket } from "@muster/proto/matchmaking";
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "T-JOIN-ONCE";

export function tJoinOnce(books: Books): Checker {
  /** By ticket and player: the request that used the token up. */
  const redeemed = new Map<string, string>();
  const shown = new Map<string, string>();
  const checkShown = (ticket: Ticket | undefined) => {
    for (const { playerId, joinToken } of ticket?.assignment?.players ?? []) {
      if (!ticket || joinToken === undefined) continue;
      const place = `${ticket.ticketId} ${ticket.matchId} ${playerId}`;
      const known = shown.get(place);
      if (known !== undefined && known !== joinToken) {
        throw new BrokenPromise(
          NAME,
          `${playerId} of ${ticket.ticketId} was shown two join tokens of ${ticket.matchId}`,
        );
      }
      shown.set(place, joinToken);
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "ticket-event") checkShown(observation.event.ticket);
      if (observation.type === "matcher-fact" && observation.fact.type === "join-token-redeemed") {
        const { ticketId, playerId, requestId } = observation.fact;
        const place = `${ticketId} ${playerId}`;
        if (redeemed.has(place))
          throw new BrokenPromise(NAME, `the token of ${playerId} in ${ticketId} is used up twice`);
        if (books.matcher.tickets.get(ticketId)?.phase !== "COMPLETED") {
          throw new BrokenPromise(NAME, `a token of ${ticketId} is used up, which is in no match`);
        }
        redeemed.set(place, requestId);
      }
      if (observation.type !== "answer" || !("ok" in observation.outcome)) return;
      const { method, request } = books.calls.get(observation.callId) ?? {};
      if (method === "describeMatchingProgress") {
        for (const ticket of (observation.outcome.ok as { readonly tickets: readonly Ticket[] }).tickets)
          checkShown(ticket);
      }
      if (method !== "redeemJoinToken") return;
      const { ticketId, playerId } = observation.outcome.ok as RedeemJoinTokenResponse;
      const { requestId } = request as RedeemJoinTokenRequest;
      const by = redeemed.get(`${ticketId} ${playerId}`);
      if (by === requestId) return;
      throw new BrokenPromise(
        NAME,
        `${playerId} of ${ticketId} was let in by "${requestId}", the journal says by "${by}"`,
      );
    },
  };
}
