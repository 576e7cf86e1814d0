// Parties without a player who has been erased. Nobody is erased who is a member: what is left are offers, and what was told last.
import type { PlayerId } from "@muster/proto";
import { concernsPlayer, type Party } from "./party.ts";
import { type PartyBook, replaceParty } from "./party-book.ts";

/** Looks at all parties, and leaves their order and numbers as they are. */
export function eraseFromParties(book: PartyBook, playerId: PlayerId): void {
  for (const party of [...book.byId.values()]) {
    if (party.lastChange.playerId !== playerId && !concernsPlayer(party, playerId)) continue;
    replaceParty(book, without(party, playerId));
  }
}

function without(party: Party, playerId: PlayerId): Party {
  const { lastChange } = party;
  const about = lastChange.playerId === playerId ? undefined : lastChange.playerId;
  return {
    ...party,
    offers: party.offers.filter((offer) => offer.player.playerId !== playerId),
    lastChange: { ...lastChange, playerId: about },
  };
}
