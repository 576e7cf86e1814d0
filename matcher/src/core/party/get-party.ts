// Finds a party, and refuses who may not speak for it.
import { MusterError, type PartyId, type PlayerId } from "@muster/proto";
import type { Party } from "./party.ts";
import type { PartyBook } from "./party-book.ts";

/** @throws {MusterError} PARTY_NOT_FOUND. */
export function getParty({ byId }: PartyBook, partyId: PartyId): Party {
  const party = byId.get(partyId);
  if (party) return party;
  const why = `Cannot find party ${partyId} as none has the id, or its retention has ended`;
  throw new MusterError("PARTY_NOT_FOUND", why, { metadata: { partyId } });
}

/** @throws {MusterError} PARTY_ENDED. */
export function checkLives({ partyId, endedAtMs }: Party): void {
  if (endedAtMs === undefined) return;
  const why = `Cannot change party ${partyId} as it must still be there: it has ended`;
  throw new MusterError("PARTY_ENDED", why, { metadata: { partyId } });
}

/** @throws {MusterError} PARTY_LEADER_ONLY. */
export function checkLeads({ partyId, leaderId }: Party, playerId: PlayerId): void {
  if (leaderId === playerId) return;
  const why = `Cannot speak for party ${partyId} as only its leader can: ${playerId} does not lead it`;
  throw new MusterError("PARTY_LEADER_ONLY", why, { metadata: { partyId, leaderId: leaderId ?? "" } });
}
