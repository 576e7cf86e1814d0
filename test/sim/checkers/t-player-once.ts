// T-PLAYER-ONCE: a player is in one live ticket of a configuration; a second request is told which.
import type { Books } from "./books/books.ts";
import { holderKey } from "./books/matcher-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "T-PLAYER-ONCE";

export function tPlayerOnce(books: Books): Checker {
  const checkRefusal = (metadata: Readonly<Record<string, string>>, startedTick: number) => {
    const { ticketId = "", playerId = "" } = metadata;
    const ticket = books.matcher.tickets.get(ticketId);
    if (!ticket?.players.some((player) => player.playerId === playerId)) {
      throw new BrokenPromise(NAME, `${playerId} is refused for ${ticketId}, which does not hold the player`);
    }
    if (ticket.endedTick !== undefined && ticket.endedTick < startedTick) {
      throw new BrokenPromise(
        NAME,
        `${playerId} is refused for ${ticketId}, which was ${ticket.phase} before the call`,
      );
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "matcher-fact" && observation.fact.type === "ticket-created") {
        const { configuration, players, ticketId } = observation.fact;
        for (const { playerId } of players) {
          const held = books.matcher.holders.get(holderKey(configuration, playerId));
          if (held !== undefined) throw new BrokenPromise(NAME, `${ticketId} takes ${playerId}, whom ${held} holds`);
        }
      }
      if (observation.type !== "answer" || !("refused" in observation.outcome)) return;
      const { refused, metadata } = observation.outcome;
      const call = books.calls.get(observation.callId);
      if (refused === "PLAYER_ALREADY_QUEUED" && call) checkRefusal(metadata, call.startedTick);
    },
  };
}
