// The event that a ticket is there. All that it tells stands in the ticket itself: a million tickets wait whose history is this.
import type { Ticket } from "./ticket.ts";
import type { TicketEventRecord } from "./ticket-events.ts";

export class FirstEvent implements TicketEventRecord {
  readonly number: number;
  readonly sequence: number;
  /** As it was created. */
  readonly ticket: Ticket;

  constructor(ticket: Ticket, at: Pick<TicketEventRecord, "number" | "sequence">) {
    this.number = at.number;
    this.sequence = at.sequence;
    this.ticket = ticket;
  }

  get type(): "STATE_CHANGED" {
    return "STATE_CHANGED";
  }
  get atMs(): number {
    return this.ticket.searchingSinceMs;
  }
  get atWallMs(): number {
    return this.ticket.createdAtWallMs;
  }
  get sessionEndCause(): undefined {
    return undefined;
  }
  get previous(): undefined {
    return undefined;
  }
}
