// T-REJOIN: whoever is led back to a battle had a seat there, gets that seat's own session and nobody else's, and is not led into a battle
// that is known to be over.
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "T-REJOIN";

export function tRejoin(books: Books): Checker {
  /** Whose each player session is, by its id. */
  const owners = new Map<string, string>();
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "fleet-fact" && observation.fact.type === "session-changed") {
        for (const { playerSessionId, playerId } of observation.fact.change.added)
          owners.set(playerSessionId, playerId);
      }
      if (observation.type !== "matcher-fact" || observation.fact.type !== "ticket-rejoined") return;
      const { ticketId, battleSessionId, players } = observation.fact;
      const ticket = books.matcher.tickets.get(ticketId);
      const session = books.matcher.sessions.get(battleSessionId);
      if (!session || session.hasEnded) {
        throw new BrokenPromise(NAME, `${ticketId} is led back to ${battleSessionId}, which is over`);
      }
      for (const { playerId } of ticket?.players ?? []) {
        const seat = players.find((one) => one.playerId === playerId);
        const owner = seat && owners.get(seat.playerSessionId);
        if (seat?.ticketId !== ticketId || owner !== playerId) {
          throw new BrokenPromise(
            NAME,
            `${ticketId} is led back, and ${playerId} gets the seat of ${owner ?? "nobody"}`,
          );
        }
      }
    },
  };
}
