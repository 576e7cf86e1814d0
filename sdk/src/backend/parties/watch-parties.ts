// The stream of parties as one that does not break.
import { fieldInvalid, type PartyId, parseId, parsePlayerId, readEnum } from "@muster/proto";
import { PartyEventType, type PartyServiceDefinition, type WatchPartiesRequest } from "@muster/proto/matchmaking";
import type { Client } from "@muster/proto/rpc";
import { keepWatching, type WatchPorts } from "../keep-watching.ts";
import { type Party, readParty } from "./party.ts";

export type WatchParties = {
  /** One party, from how it stands. */
  readonly partyId?: string;
  /**
   * Every party that the player is in, is invited to or has asked, from how they stand. The last that is told of a party shows that it
   * concerns the player no more. Without `partyId` and `playerId`: every party, from now on.
   */
  readonly playerId?: string;
};

export type WatchPartiesOptions = WatchPorts & { readonly client: Client<typeof PartyServiceDefinition> };

/** @throws {MusterError} as `Parties.watch` says. */
export async function* watchParties(watch: WatchParties, options: WatchPartiesOptions): AsyncGenerator<Party> {
  const { client, ...ports } = options;
  const request = writeWatch(watch);
  const isSmall = request.partyId !== "" || request.playerId !== "";
  /** Versions that were told, so that what a new start tells again is not told twice. */
  const told = new Map<string, number>();
  const responses = keepWatching({
    ...ports,
    open: (resumeToken, signal) => client.watchParties({ ...request, resumeToken }, { signal }),
    resumeToken: "",
    mayBeginAnew: isSmall,
  });
  for await (const response of responses) {
    if (readEnum(PartyEventType, response.type) !== "CHANGED") continue;
    const party = readParty(response.party);
    if (isSmall && (told.get(party.partyId) ?? 0) >= party.version) continue;
    if (isSmall) told.set(party.partyId, party.version);
    yield party;
  }
}

function writeWatch({ partyId, playerId }: WatchParties): WatchPartiesRequest {
  if (partyId !== undefined && playerId !== undefined) {
    throw fieldInvalid("playerId", "absent where a party is named", playerId);
  }
  return {
    partyId: partyId === undefined ? "" : parseId<PartyId>("partyId", partyId),
    playerId: playerId === undefined ? "" : parsePlayerId("playerId", playerId),
    resumeToken: "",
  };
}
