// The backend's tickets on Muster's SDK: one player a ticket.
import { type Matcher, MusterError } from "@muster/sdk/backend";
import { isOver, writeTicketView } from "./core/ticket-view.ts";
import type { TicketDesk } from "./ports.ts";

/** A desk that keeps nothing itself: what it answers is the matcher's word. */
export function createTicketDesk(matcher: Matcher): TicketDesk {
  return {
    async start(ticketId, { player, skill, mode }, signal) {
      const attributes: Record<string, number> = skill === undefined ? {} : { skill };
      const players = [{ playerId: player, attributes }];
      return writeTicketView(await matcher.startMatching({ ticketId, configuration: mode, players }, { signal }));
    },
    async describe(ticketId, signal) {
      const [ticket] = await matcher.describeMatchingProgress([ticketId], { signal });
      if (ticket) return writeTicketView(ticket);
      throw new MusterError("TICKET_NOT_FOUND", "Cannot find the ticket as the matcher left it out of its answer");
    },
    async follow(ticketId, signal) {
      for await (const { ticket } of matcher.watchTickets({ ticketIds: [ticketId] }, { signal })) {
        if (isOver(ticket)) return writeTicketView(ticket);
      }
      throw new MusterError("CALL_CANCELLED", "Cannot follow the ticket to its end as the watch ended before");
    },
    async cancel(ticketId, signal) {
      return writeTicketView(await matcher.cancelMatching(ticketId, { signal }));
    },
  };
}
