// Whom one round has chosen so far: the state does not tell before its facts are folded.
import type { TicketId } from "@muster/proto";
import type { QueryTicket } from "@muster/rules";
import type { Configuration } from "../configuration.ts";
import type { MatcherState } from "../matcher-state.ts";
import type { RoundInput } from "../round.ts";
import { playersElsewhere } from "./other-tickets.ts";

export type Chosen = {
  /** Whether the ticket may be matched now. Of a player's tickets only one, where the others end with it. */
  isUsable(configuration: Configuration, ticket: QueryTicket): boolean;
  /** Whether the ticket is still in the search. */
  isSearching(ticket: QueryTicket): boolean;
  /** The tickets are in a match or fill. */
  take(configuration: Configuration, tickets: readonly QueryTicket[]): void;
  /** The ticket is cancelled; false: it was before. */
  end(ticketId: string): boolean;
};

/** Nobody is chosen. */
export function createChosen(state: MatcherState, { nowMs, withheld }: Pick<RoundInput, "nowMs" | "withheld">): Chosen {
  const ended = new Set<string>();
  const busy = new Set<string>();
  const find = ({ ticketId }: QueryTicket) => state.tickets.get(ticketId as TicketId)?.ticket;
  const isSearching = (ticket: QueryTicket) => find(ticket)?.state.phase === "SEARCHING" && !ended.has(ticket.ticketId);
  return {
    isSearching,
    isUsable(configuration, ticket) {
      const found = isSearching(ticket) ? find(ticket) : undefined;
      if (!found || found.timesOutAtMs <= nowMs || withheld.has(found.ticketId)) return false;
      return !ticket.sessions.some((session) => busy.has(session)) && !playersElsewhere(state, configuration, found);
    },
    take({ query }, tickets) {
      for (const { ticketId, sessions } of tickets) {
        ended.add(ticketId);
        if (query?.onMatched === "cancelOthers") for (const session of sessions) busy.add(session);
      }
    },
    end(ticketId) {
      if (ended.has(ticketId)) return false;
      ended.add(ticketId);
      return true;
    },
  };
}
