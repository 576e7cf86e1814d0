// Who waits for news of which ticket: what the matcher pushes goes to them, and to nobody else.
import type { TicketView } from "./core/ticket-view.ts";

export interface TicketHub {
  /** Tells whoever listens of the ticket. */
  tell(ticket: TicketView): void;
  /** Hears of every step of the ticket from now on, until the answer is called. */
  listen(ticketId: string, onTicket: (ticket: TicketView) => void): () => void;
}

export function createTicketHub(): TicketHub {
  const listeners = new Map<string, Set<(ticket: TicketView) => void>>();
  return {
    tell(ticket) {
      for (const onTicket of [...(listeners.get(ticket.ticketId) ?? [])]) onTicket(ticket);
    },
    listen(ticketId, onTicket) {
      const ofTicket = listeners.get(ticketId) ?? new Set();
      listeners.set(ticketId, ofTicket.add(onTicket));
      return () => {
        ofTicket.delete(onTicket);
        if (ofTicket.size === 0 && listeners.get(ticketId) === ofTicket) listeners.delete(ticketId);
      };
    },
  };
}
