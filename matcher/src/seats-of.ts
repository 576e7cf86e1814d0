// Players as the fleet is asked to seat them: who sits where, with what their tickets said of them.
import { invariant } from "@muster/kit";
import type { AssignedPlayer } from "./core/match.ts";
import type { MatcherState } from "./core/matcher-state.ts";
import type { PlayerToSeat } from "./ports.ts";

/** The same for the same facts, so that a repeated request has the same body. */
export function seatsOf(state: MatcherState, assigned: readonly AssignedPlayer[]): readonly PlayerToSeat[] {
  return assigned.map(({ ticketId, playerId, team }) => {
    const player = state.tickets.get(ticketId)?.ticket.players.find((one) => one.playerId === playerId);
    invariant(player, "whoever is assigned came with a ticket that is still live");
    const { attributes, latenciesMs, data } = player;
    return { playerId, team, ticketId, attributes, latenciesMs, data };
  });
}
