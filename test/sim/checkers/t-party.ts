// T-PARTY: a player is in one party, which somebody in it leads; a ticket of a party is matched only while its players are the party's
// members, and is cancelled in the write that changes them unless it is in a match or fill already.
import type { Books } from "./books/books.ts";
import { isTerminal, type Phase } from "./books/matcher-entries.ts";
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "T-PARTY";
const WAITING: ReadonlySet<Phase> = new Set(["PREPARING", "SEARCHING", "REQUIRES_ACCEPTANCE"]);
const MATCHED: ReadonlySet<Phase> = new Set(["REQUIRES_ACCEPTANCE", "CLAIMED", "PLACING"]);

export function tParty(books: Books): Checker {
  const { tickets, parties } = books.matcher;
  /** Tickets of parties that live, and those that the next facts have to cancel. */
  const live = new Set<string>();
  const toCancel = new Set<string>();
  const memberOf = new Map<string, string>();

  const checkOutdated = (factType: string) => {
    for (const ticketId of live) {
      const ticket = tickets.get(ticketId);
      if (ticket && WAITING.has(ticket.phase) && !parties.fits(ticket)) toCancel.add(ticketId);
      else toCancel.delete(ticketId);
    }
    const [ticketId] = toCancel;
    if (ticketId === undefined || factType === "ticket-cancelled" || factType === "proposal-ended") return;
    throw new BrokenPromise(NAME, `${ticketId} waits on for a party that it was not started for, and then ${factType}`);
  };
  const checkMembers = () => {
    for (const party of parties.parties.values()) {
      if (party.hasEnded || party.members.has(party.leaderId)) continue;
      throw new BrokenPromise(NAME, `${party.partyId} is led by ${party.leaderId}, who is not in it`);
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type !== "matcher-fact") return;
      const { fact } = observation;
      // The books are as the fact before left them.
      checkOutdated(fact.type);
      checkMembers();
      if (fact.type === "ticket-created" && fact.partyId !== undefined) {
        live.add(fact.ticketId);
        if (!parties.isWhole(fact.partyId, fact.players)) {
          throw new BrokenPromise(NAME, `${fact.ticketId} is of others than the members of ${fact.partyId}`);
        }
      }
      for (const { ticketId, to } of books.steps) {
        const ticket = tickets.get(ticketId);
        if (!ticket || !live.has(ticketId)) continue;
        const isMatched = MATCHED.has(to) && WAITING.has(ticket.phase);
        if (isMatched && !parties.fits(ticket)) {
          throw new BrokenPromise(NAME, `${ticketId} is ${to} with others than the members of ${ticket.partyId}`);
        }
        if (!isTerminal(to)) continue;
        live.delete(ticketId);
        toCancel.delete(ticketId);
      }
      if (fact.type !== "party-changed") return;
      const { change, partyId } = fact;
      const newcomer = change.type === "created" ? change.leader : change.type === "joined" ? change.player : undefined;
      if (newcomer) {
        const other = memberOf.get(newcomer.playerId);
        const isElsewhere = other !== undefined && parties.parties.get(other)?.members.has(newcomer.playerId);
        if (isElsewhere) throw new BrokenPromise(NAME, `${partyId} takes ${newcomer.playerId}, who is in ${other}`);
        memberOf.set(newcomer.playerId, partyId);
      }
    },
  };
}
