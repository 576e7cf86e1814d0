// How many tickets with queries a player, and a party, may have at a time.
import { MusterError, type MusterErrorMetadata, type PartyId, type PlayerId } from "@muster/proto";
import type { Configuration } from "../configuration.ts";
import type { MatcherState } from "../matcher-state.ts";

/** @throws {MusterError} TICKETS_PER_PLAYER_EXCEEDED if one of `playerIds`, or the party, has as many live tickets of the configuration as allowed. */
export function checkTicketsPerPlayer(
  state: MatcherState,
  { name, query }: Configuration,
  { playerIds, partyId }: { readonly playerIds: readonly PlayerId[]; readonly partyId: PartyId | undefined },
): void {
  const pool = state.pools.get(name);
  if (!query || !pool) return;
  const limit = query.maxTicketsPerPlayer;
  for (const playerId of playerIds) {
    const { length } = pool.players.of(playerId);
    if (length >= limit) throw exceeded(`player ${playerId}`, { playerId }, { limit, length });
  }
  if (partyId === undefined) return;
  const ofParty = [...(state.parties.tickets.get(partyId) ?? [])];
  const { length } = ofParty.filter((ticketId) => state.tickets.get(ticketId)?.ticket.configuration === name);
  if (length >= limit) throw exceeded(`party ${partyId}`, { partyId }, { limit, length });
}

function exceeded(
  who: string,
  metadata: MusterErrorMetadata,
  { limit, length }: { readonly limit: number; readonly length: number },
): MusterError {
  const why = `Cannot start another ticket of ${who} as it may have ${limit}: it has ${length}`;
  return new MusterError("TICKETS_PER_PLAYER_EXCEEDED", why, { metadata: { ...metadata, limit: String(limit) } });
}
