// A desk whose followers are told by what the matcher pushes: one stream of events for all of them, instead of a call for each.
import { isOver, type TicketView } from "./core/ticket-view.ts";
import type { TicketDesk } from "./ports.ts";
import type { TicketHub } from "./ticket-hub.ts";

/** `desk` for everything but following. */
export function createPushedDesk(desk: TicketDesk, hub: TicketHub): TicketDesk {
  return {
    start: desk.start,
    describe: desk.describe,
    cancel: desk.cancel,
    async follow(ticketId, signal) {
      const ended = Promise.withResolvers<TicketView>();
      const abort = () => ended.reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      // First listen, then look: what happens in between is told.
      const stop = hub.listen(ticketId, (ticket) => {
        if (isOver(ticket)) ended.resolve(ticket);
      });
      try {
        const [present] = await Promise.all([desk.describe(ticketId, signal), signal.throwIfAborted()]);
        return isOver(present) ? present : await ended.promise;
      } finally {
        stop();
        signal.removeEventListener("abort", abort);
        ended.promise.catch(() => undefined); // Nobody waits for it any more.
      }
    },
  };
}
