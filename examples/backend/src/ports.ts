// What the backend's HTTP side needs of matchmaking, in its own words. `ticket-desk.ts` is the one with a matcher behind it.
import type { StartRequest } from "./core/start-request.ts";

/** A ticket as its client sees it: nothing of other players, nothing of the servers but where to go. */
export type TicketView = {
  readonly ticketId: string;
  readonly state: "SEARCHING" | "PLACING" | "COMPLETED" | "CANCELLED" | "TIMED_OUT" | "FAILED";
  /** Why it ended without a battle. */
  readonly cause?: string;
  /** Where to go: only of a COMPLETED ticket. */
  readonly connection?: Connection;
};

export type Connection = {
  readonly host: string;
  readonly port: number;
  readonly team?: string;
  /** The player's own seat, to be presented to the server. A secret between the two. */
  readonly playerSessionId: string;
};

export interface TicketDesk {
  /** A repeat with the same id and request gives the same ticket. */
  start(ticketId: string, request: StartRequest, signal: AbortSignal): Promise<TicketView>;
  describe(ticketId: string, signal: AbortSignal): Promise<TicketView>;
  /** Resolves when the ticket has ended; rejects as soon as `signal` aborts. */
  follow(ticketId: string, signal: AbortSignal): Promise<TicketView>;
  /** CANCELLED is a promise that it never matches. Rejects with TICKET_ALREADY_MATCHED when it is too late. */
  cancel(ticketId: string, signal: AbortSignal): Promise<TicketView>;
}
