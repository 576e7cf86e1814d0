import { fieldInvalid } from "@muster/proto";
import {
  PartyEventType,
  type PartyServiceDefinition,
  type WatchPartiesRequest,
  type WatchPartiesResponse,
} from "@muster/proto/matchmaking";
import type { Handlers } from "@muster/proto/rpc";
import type { PartySelection, PartyWatchItem } from "../../party-watch.ts";
import type { Desk } from "../desk.ts";
import { readPartyId, readPlayerId, writeParty } from "./party-wire.ts";

export function watchParties(desk: Desk): Handlers<PartyServiceDefinition>["watchParties"] {
  return async function* (message, { signal }) {
    const { select, after } = readWatch(message);
    for await (const item of desk.partyWatch.watch(select, after, signal)) yield writeItem(item);
  };
}

function readWatch({ partyId, playerId, resumeToken }: WatchPartiesRequest): {
  readonly select: PartySelection;
  readonly after: number | undefined;
} {
  const after = resumeToken === "" ? undefined : readToken(resumeToken);
  if (partyId !== "" && playerId !== "") throw fieldInvalid("player_id", "empty beside party_id", playerId);
  if (partyId !== "") return { select: { type: "party", partyId: readPartyId({ partyId }) }, after };
  if (playerId !== "") return { select: { type: "player", playerId: readPlayerId({ playerId }) }, after };
  return { select: { type: "all" }, after };
}

function writeItem(item: PartyWatchItem): WatchPartiesResponse {
  const partyIds = item.type === "SYNCED" ? [...item.partyIds] : [];
  const base = { resumeToken: writeToken(item.number), type: PartyEventType[item.type], partyIds };
  return item.type === "CHANGED" ? { ...base, party: writeParty(item.party, item.ticketIds) } : base;
}

// Opaque to everybody else: "p1" is the form, so that a later one can tell old tokens.
function writeToken(number: number): string {
  return `p1.${number.toString(36)}`;
}

function readToken(token: string): number {
  const [, digits] = /^p1\.([0-9a-z]{1,10})$/.exec(token) ?? [];
  if (digits === undefined) throw fieldInvalid("resume_token", "a token of this service", token);
  return Number.parseInt(digits, 36);
}
