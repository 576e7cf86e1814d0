// What the backend's HTTP side needs of matchmaking, in its own words. `ticket-desk.ts` is the one with a matcher behind it.
import type { StartRequest } from "./core/start-request.ts";
import type { TicketView } from "./core/ticket-view.ts";

export interface TicketDesk {
  /** A repeat with the same id and request gives the same ticket. */
  start(ticketId: string, request: StartRequest, signal: AbortSignal): Promise<TicketView>;
  describe(ticketId: string, signal: AbortSignal): Promise<TicketView>;
  /** Resolves when the ticket has ended; rejects as soon as `signal` aborts. */
  follow(ticketId: string, signal: AbortSignal): Promise<TicketView>;
  /** CANCELLED is a promise that it never matches. Rejects with TICKET_ALREADY_MATCHED when it is too late. */
  cancel(ticketId: string, signal: AbortSignal): Promise<TicketView>;
}
