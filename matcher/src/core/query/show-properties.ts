// What everybody in a match by queries is shown of everybody else.
import type { PartyId, TicketId } from "@muster/proto";
import type { MatcherState } from "../matcher-state.ts";
import type { MatchedPlayer } from "../ticket.ts";
import type { TicketProperties } from "./ticket-query.ts";

export type MatchedProperties = TicketProperties & { readonly partyId: PartyId | undefined };

/** The players with what their tickets say of themselves, as far as these have queries. */
export function withMatchedProperties(
  state: Pick<MatcherState, "tickets">,
  players: readonly MatchedPlayer[],
): readonly MatchedPlayer[] {
  /** One value for all players of a ticket. */
  const known = new Map<TicketId, MatchedProperties | undefined>();
  const propertiesOf = (ticketId: TicketId) => {
    if (known.has(ticketId)) return known.get(ticketId);
    const { query, partyId } = state.tickets.get(ticketId)?.ticket ?? {};
    const { stringProperties, numericProperties } = query ?? {};
    const properties = stringProperties && numericProperties && { stringProperties, numericProperties, partyId };
    known.set(ticketId, properties);
    return properties;
  };
  return players.map((player) => {
    const properties = player.ticketId === undefined ? undefined : propertiesOf(player.ticketId);
    return properties ? { ...player, properties } : player;
  });
}
