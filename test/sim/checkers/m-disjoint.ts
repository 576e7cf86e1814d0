// M-DISJOINT: a ticket is in one match or fill, a player in one seat, whoever decided and however often it was restarted.
import type { Books } from "./books/books.ts";
import type { Change } from "./books/fleet-book.ts";
import { ticketsOf } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "M-DISJOINT";

const TAKEN: ReadonlySet<string> = new Set(["REQUIRES_ACCEPTANCE", "PLACING", "CLAIMED", "COMPLETED"]);

export function mDisjoint(books: Books): Checker {
  const checkTaken = (name: string, players: readonly { readonly ticketId: string; readonly playerId: string }[]) => {
    for (const ticketId of ticketsOf(players)) {
      const ticket = books.matcher.tickets.get(ticketId);
      if (!ticket || !TAKEN.has(ticket.phase)) continue;
      const place = ticket.matchId ?? ticket.fillId ?? ticket.battleSessionId;
      throw new BrokenPromise(NAME, `${ticketId} is ${ticket.phase} in ${place} and taken by ${name}`);
    }
    const ids = new Set(players.map((player) => player.playerId));
    if (ids.size < players.length) throw new BrokenPromise(NAME, `${name} takes a player twice`);
  };
  const checkSeats = ({ battleSessionId, added }: Change) => {
    const seated = new Set(
      [...(books.fleet.sessions.get(battleSessionId)?.seats.values() ?? [])].map((s) => s.playerId),
    );
    for (const { ticketId, playerId } of added) {
      if (seated.has(playerId)) throw new BrokenPromise(NAME, `${playerId} gets a second seat in ${battleSessionId}`);
      seated.add(playerId);
      const other = ticketId === undefined ? undefined : books.fleet.seatedTickets.get(ticketId);
      if (other === undefined || other === battleSessionId) continue;
      throw new BrokenPromise(NAME, `${ticketId} has seats in ${other} and gets some in ${battleSessionId}`);
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "matcher-fact") {
        const { fact } = observation;
        if (fact.type === "match-formed") checkTaken(fact.match.matchId, fact.match.players);
        if (fact.type === "fill-decided") checkTaken(fact.fillId, fact.newcomers);
      }
      if (observation.type === "fleet-fact" && observation.fact.type === "session-changed") {
        if (observation.fact.change.added.length > 0) checkSeats(observation.fact.change);
      }
    },
  };
}
