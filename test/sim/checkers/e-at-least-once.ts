// E-AT-LEAST-ONCE: once all is quiet, every watcher that still listens has heard of everything since it began.
import type { Books } from "./books/books.ts";
import { isOver } from "./books/fleet-book.ts";
import type { TicketEntry } from "./books/matcher-entries.ts";
import type { TicketWatcher } from "./books/watch-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "E-AT-LEAST-ONCE";

export function eAtLeastOnce(books: Books): Checker {
  const checkTicket = (name: string, watcher: TicketWatcher, ticket: TicketEntry) => {
    const { ticketId, version, battleSessionId = "", createdTick } = ticket;
    const isAwaited = watcher.ticketIds
      ? watcher.ticketIds.has(ticketId)
      : createdTick > (watcher.startedTick ?? Number.POSITIVE_INFINITY);
    const { playerId } = watcher;
    const isConcerned = playerId === undefined || ticket.players.some((player) => player.playerId === playerId);
    if (!isAwaited || !isConcerned) return;
    const heard = watcher.versions.get(ticketId) ?? 0;
    if (heard !== version)
      throw new BrokenPromise(NAME, `${name} heard version ${heard} of ${ticketId}, which has ${version}`);
    const session = books.matcher.sessions.get(battleSessionId);
    if (!session?.hasEnded || !session.tickets.has(ticketId) || watcher.sessionEnds.has(ticketId)) return;
    throw new BrokenPromise(NAME, `${name} did not hear that the session of ${ticketId} has ended`);
  };
  return {
    name: NAME,
    see() {
      // All is judged at the end.
    },
    end() {
      if (books.healedMs === undefined) return;
      for (const [name, watcher] of books.watches.ofTickets) {
        if (!watcher.isOpen) continue;
        for (const ticket of books.matcher.tickets.values()) checkTicket(name, watcher, ticket);
      }
      for (const [name, { isOpen, revisions }] of books.watches.ofSessions) {
        if (!isOpen) continue;
        for (const session of books.fleet.sessions.values()) {
          const heard = revisions.get(session.battleSessionId);
          if (heard === session.revision || (heard === undefined && isOver(session))) continue;
          const why = `${name} heard revision ${heard} of ${session.battleSessionId}, which has ${session.revision}`;
          throw new BrokenPromise(NAME, why);
        }
      }
    },
  };
}
