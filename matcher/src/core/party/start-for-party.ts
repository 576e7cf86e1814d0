// Whose ticket a party starts: its leader's, for all its members.
import { MusterError, type PartyId, type PlayerId } from "@muster/proto";
import type { MatcherState } from "../matcher-state.ts";
import type { TicketPlayer } from "../ticket.ts";
import { checkLeads, checkLives, getParty } from "./get-party.ts";

/** Who starts a ticket for which party. */
export type PartyStart = { readonly partyId: PartyId; readonly leaderId: PlayerId };

/**
 * Who is in the ticket from the start: what the request says, or, where it names nobody, every member with what the party knows.
 *
 * @throws {MusterError} PARTY_NOT_FOUND, PARTY_ENDED, PARTY_LEADER_ONLY, PARTY_MEMBERS_DIFFER.
 */
export function playersForParty(
  state: MatcherState,
  { partyId, leaderId }: PartyStart,
  named: { readonly players: readonly TicketPlayer[]; readonly asked: readonly PlayerId[] },
): readonly TicketPlayer[] {
  const party = getParty(state.parties, partyId);
  checkLives(party);
  checkLeads(party, leaderId);
  if (named.players.length === 0 && named.asked.length === 0) return party.members;
  const ids = new Set([...named.players.map(({ playerId }) => playerId), ...named.asked]);
  if (ids.size === party.members.length && party.members.every(({ playerId }) => ids.has(playerId))) {
    return named.players;
  }
  const why = `Cannot start a ticket for party ${partyId} as its players are the members, all of them: ${ids.size} of ${party.members.length} are named, or others`;
  throw new MusterError("PARTY_MEMBERS_DIFFER", why, { metadata: { partyId } });
}
