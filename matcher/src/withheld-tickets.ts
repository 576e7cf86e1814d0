// Tickets that somebody waits to cancel: while a fill with them is being applied they are in it, afterwards in nothing else.
import type { TicketId } from "@muster/proto";

export interface WithheldTickets {
  has(id: TicketId): boolean;
  /** Withholds the ticket until disposed of. Several may at once. */
  hold(id: TicketId): Disposable;
}

/** Nothing is withheld. */
export function createWithheldTickets(): WithheldTickets {
  const holders = new Map<TicketId, number>();
  return {
    has: (id) => holders.has(id),
    hold(id) {
      holders.set(id, (holders.get(id) ?? 0) + 1);
      return {
        [Symbol.dispose]() {
          const left = (holders.get(id) ?? 1) - 1;
          if (left > 0) holders.set(id, left);
          else holders.delete(id);
        },
      };
    },
  };
}
