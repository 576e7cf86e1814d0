// M-NO-BYPASS, as the engine of today promises it: of two tickets that differ in nothing but their age the older one goes
// first. Tickets that somebody asked to cancel are held back, and may be passed over.
import type { Books } from "./books/books.ts";
import { isCallOf } from "./books/call-book.ts";
import type { TicketEntry } from "./books/matcher-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "M-NO-BYPASS";

export function mNoBypass(books: Books): Checker {
  /** What the rules can see of a ticket: equal ones can stand in for one another. */
  const looks = new WeakMap<TicketEntry, string>();
  const askedToCancel = new Set<string>();
  const lookOf = (ticket: TicketEntry) => {
    const known = looks.get(ticket);
    if (known !== undefined) return known;
    const look = JSON.stringify(
      ticket.players.map(({ attributes, latenciesMs, team }) => ({ attributes, latenciesMs, team })),
    );
    looks.set(ticket, look);
    return look;
  };
  const check = (name: string, journalMs: number, seated: ReadonlySet<string> = new Set()) => {
    const taken = new Set(books.steps.map((step) => step.ticketId));
    for (const ticketId of taken) {
      const ticket = books.matcher.tickets.get(ticketId);
      if (!ticket) continue;
      for (const waiting of books.matcher.searching.get(ticket.configuration) ?? []) {
        if (waiting.createdMs >= ticket.createdMs || taken.has(waiting.ticketId)) continue;
        if (waiting.timesOutAtMs <= journalMs || askedToCancel.has(waiting.ticketId)) continue;
        if (lookOf(waiting) !== lookOf(ticket)) continue;
        if (waiting.players.some((player) => seated.has(player.playerId))) continue; // In that very battle, as the matcher may see it.
        throw new BrokenPromise(
          NAME,
          `${name} takes ${ticketId} and leaves ${waiting.ticketId}, which is older and like it`,
        );
      }
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "call" && observation.method === "cancelMatching") {
        const call = { ...observation, startedMs: 0, startedTick: 0 };
        if (isCallOf(call, "cancelMatching")) askedToCancel.add(call.request.ticketId);
      }
      if (observation.type !== "matcher-fact") return;
      const { fact, journalMs } = observation;
      if (fact.type === "match-formed") check(fact.match.matchId, journalMs);
      if (fact.type === "fill-decided") {
        check(fact.fillId, journalMs, books.fleet.sessions.get(fact.battleSessionId)?.everSeated);
      }
      if (fact.type === "ended-forgotten") {
        for (const ticketId of askedToCancel) if (!books.matcher.tickets.has(ticketId)) askedToCancel.delete(ticketId);
      }
    },
  };
}
