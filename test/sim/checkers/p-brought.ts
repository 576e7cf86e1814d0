// P-BROUGHT: a seat shows the game what its ticket brought of the player, untouched, and is in the team that the player asked for.

import type { Books } from "./books/books.ts";
import type { TicketPlayer } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "P-BROUGHT";

export function pBrought(books: Books): Checker {
  const check = (seat: Seat, player: TicketPlayer) => {
    const { playerId, data, team } = seat;
    if (data !== player.data) throw new BrokenPromise(NAME, `${playerId} sits with ${data} and brought ${player.data}`);
    if (player.team !== undefined && team?.startsWith(player.team) !== true) {
      throw new BrokenPromise(NAME, `${playerId} sits in ${team} and asked for ${player.team}`);
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return;
      for (const seat of observation.fact.change.added) {
        const ticket = books.matcher.tickets.get(seat.ticketId ?? "");
        const player = ticket?.players.find(({ playerId }) => playerId === seat.playerId);
        if (player) check(seat, player);
      }
    },
  };
}

type Seat = {
  readonly playerId: string;
  readonly team: string | undefined;
  readonly data?: string | undefined;
};
