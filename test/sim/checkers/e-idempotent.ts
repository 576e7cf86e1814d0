// E-IDEMPOTENT: an event is a function of what happened: whoever hears of one version of a ticket, and however often, hears
// the same to the letter.
import type { Books } from "./books/books.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "E-IDEMPOTENT";

export function eIdempotent(books: Books): Checker {
  /** By ticket: each event that was heard of it. */
  const heard = new Map<string, Map<string, string>>();
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "matcher-fact" && observation.fact.type === "ended-forgotten") {
        for (const ticketId of heard.keys()) if (!books.matcher.tickets.has(ticketId)) heard.delete(ticketId);
      }
      if (observation.type !== "ticket-event" || !observation.event.ticket) return;
      const { event, watcher } = observation;
      const { ticketId, version } = observation.event.ticket;
      const events = heard.get(ticketId) ?? new Map<string, string>();
      heard.set(ticketId, events);
      const text = JSON.stringify(event);
      const key = `${event.type} ${version}`;
      const before = events.get(key);
      if (before === undefined) events.set(key, text);
      else if (before !== text) {
        throw new BrokenPromise(
          NAME,
          `${watcher} hears of version ${version} of ${ticketId} in other words than before`,
        );
      }
    },
  };
}
