// Who holds which tickets: by session and by party.
import type { QueryTicket } from "@muster/rules";

export type TicketHolders = {
  add(ticket: QueryTicket): void;
  remove(ticket: QueryTicket): void;
  /** Ids of the tickets with the session, in the order of their arrival. */
  ofSession(session: string): readonly string[];
  ofParty(party: string): readonly string[];
};

export function createTicketHolders(): TicketHolders {
  const sessions = new Map<string, Set<string>>();
  const parties = new Map<string, Set<string>>();
  const put = (held: Map<string, Set<string>>, holder: string, ticketId: string) => {
    const ids = held.get(holder) ?? new Set();
    held.set(holder, ids.add(ticketId));
  };
  const take = (held: Map<string, Set<string>>, holder: string, ticketId: string) => {
    const ids = held.get(holder);
    ids?.delete(ticketId);
    if (ids?.size === 0) held.delete(holder);
  };
  return {
    add(ticket) {
      for (const session of ticket.sessions) put(sessions, session, ticket.ticketId);
      if (ticket.partyId !== "") put(parties, ticket.partyId, ticket.ticketId);
    },
    remove(ticket) {
      for (const session of ticket.sessions) take(sessions, session, ticket.ticketId);
      take(parties, ticket.partyId, ticket.ticketId);
    },
    ofSession: (session) => [...(sessions.get(session) ?? [])],
    ofParty: (party) => [...(parties.get(party) ?? [])],
  };
}
