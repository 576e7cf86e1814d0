// The fold of a ticket whose players sit in a battle already.
import type { MatcherState } from "../matcher-state.ts";
import type { TicketRejoined } from "../rejoin.ts";
import type { Assignment } from "../ticket.ts";
import type { Times } from "./fact-of.ts";
import { changeTicket } from "./tickets.ts";

/** The ticket hears of the session's end, as those do that the session was filled with. */
export function rejoinTicket(state: MatcherState, fact: TicketRejoined, at: Times): MatcherState {
  const { ticketId, battleSessionId, address, region, players } = fact;
  const session = state.sessions.get(battleSessionId);
  if (!session) return state;
  state.sessions.set(battleSessionId, { ...session, tickets: [...session.tickets, ticketId] });
  const { matchId, formedBy } = session;
  const assignment: Assignment = { address, battleSessionId, region, players, formedBy, rejoined: true };
  return changeTicket(state, ticketId, { type: "placed", matchId, assignment }, at);
}
