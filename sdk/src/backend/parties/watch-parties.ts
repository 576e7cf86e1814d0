// The stream of parties as one that does not break.
import { backoffMs, type Clock, type Random } from "@muster/kit";
import {
  fieldInvalid,
  MusterError,
  type PartyId,
  parseId,
  parsePlayerId,
  readEnum,
  toMusterError,
} from "@muster/proto";
import { PartyEventType, type PartyServiceDefinition, type WatchPartiesRequest } from "@muster/proto/matchmaking";
import type { Client } from "@muster/proto/rpc";
import { sleepOrCancel } from "../../retry-call.ts";
import { endSilence, isBreak } from "../end-silence.ts";
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

export type WatchPartiesOptions = {
  readonly client: Client<typeof PartyServiceDefinition>;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
};

/** @throws {MusterError} as `Parties.watch` says. */
export async function* watchParties(watch: WatchParties, options: WatchPartiesOptions): AsyncGenerator<Party> {
  const { client, clock, random, signal } = options;
  const request = writeWatch(watch);
  const isSmall = request.partyId !== "" || request.playerId !== "";
  /** Versions that were told, so that what a new start tells again is not told twice. */
  const told = new Map<string, number>();
  let resumeToken = "";
  for (let attempt = 1; ; attempt += 1) {
    const stream = new AbortController();
    const either = AbortSignal.any([signal, stream.signal]);
    try {
      const responses = client.watchParties({ ...request, resumeToken }, { signal: either });
      for await (const response of endSilence(responses, { clock, stream })) {
        attempt = 1;
        resumeToken = response.resumeToken || resumeToken;
        if (readEnum(PartyEventType, response.type) !== "CHANGED") continue;
        const party = readParty(response.party);
        if (isSmall && (told.get(party.partyId) ?? 0) >= party.version) continue;
        if (isSmall) told.set(party.partyId, party.version);
        yield party;
      }
    } catch (error) {
      const wire = toMusterError(error);
      if (signal.aborted) {
        throw new MusterError("CALL_CANCELLED", "Cannot watch on as the watch was called off", { cause: error });
      }
      // As they stand now, what was missed is told. Of every party something would be missing, and nobody would know.
      if (wire.reason === "CURSOR_EXPIRED" && isSmall && resumeToken !== "") resumeToken = "";
      else if (!isBreak(wire)) throw wire;
    } finally {
      stream.abort();
    }
    await sleepOrCancel(clock, { waitMs: backoffMs(attempt, random), signal });
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
