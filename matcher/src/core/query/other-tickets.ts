// The other tickets of a player who is matched, where a configuration of queries keeps no others.
import type { TicketId } from "@muster/proto";
import type { Configuration } from "../configuration.ts";
import type { MatcherFact } from "../fact.ts";
import type { MatcherState } from "../matcher-state.ts";
import type { Ticket } from "../ticket.ts";

/**
 * Whether a player of the ticket is just being matched by another ticket, asked for acceptance or seated by a fill: nobody knows yet whether
 * this one is kept.
 */
export function playersElsewhere(state: MatcherState, configuration: Configuration, ticket: Ticket): boolean {
  if (configuration.query?.onMatched !== "cancelOthers") return false;
  return othersOf(state, configuration, [ticket.ticketId]).some((ticketId) => {
    const phase = state.tickets.get(ticketId)?.ticket.state.phase;
    return phase === "REQUIRES_ACCEPTANCE" || phase === "CLAIMED";
  });
}

/** Tickets that end as `matched` are: those of the same players that search or wait for players. In the order of their arrival by player. */
function othersToCancel(
  state: MatcherState,
  configuration: Configuration,
  matched: readonly { readonly ticketId: string }[],
): readonly TicketId[] {
  if (configuration.query?.onMatched !== "cancelOthers") return [];
  // Ids of tickets that the state holds.
  const ids = matched.map(({ ticketId }) => ticketId as TicketId);
  return othersOf(state, configuration, ids).filter((ticketId) => {
    const phase = state.tickets.get(ticketId)?.ticket.state.phase;
    return phase === "SEARCHING" || phase === "PREPARING";
  });
}

/** The facts that end them. */
export function cancelOthers(
  state: MatcherState,
  configuration: Configuration,
  matched: readonly { readonly ticketId: string }[],
): readonly TicketCancelled[] {
  return othersToCancel(state, configuration, matched).map((ticketId) => {
    return { type: "ticket-cancelled", ticketId, cause: "MATCHED_ELSEWHERE" };
  });
}

type TicketCancelled = Extract<MatcherFact, { type: "ticket-cancelled" }>;

/** Live tickets of the configuration that share a player with `ticketIds` and are none of them. */
function othersOf(state: MatcherState, { name }: Configuration, ticketIds: readonly TicketId[]): readonly TicketId[] {
  const pool = state.pools.get(name);
  if (!pool) return [];
  const others = new Set<TicketId>();
  for (const ticketId of ticketIds) {
    for (const { playerId } of state.tickets.get(ticketId)?.ticket.players ?? []) {
      for (const other of pool.players.of(playerId)) others.add(other);
    }
  }
  for (const ticketId of ticketIds) others.delete(ticketId);
  return [...others];
}
