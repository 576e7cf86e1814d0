// Changes of parties, and parties of a snapshot, as messages of muster.journal.v1.
import { invariant, unreachable } from "@muster/kit";
import { type PartyId, type PlayerId, readWord, type TicketId, writeEnum } from "@muster/proto";
import * as wire from "@muster/proto/journal-matcher";
import type { Party, PartyChangeType } from "../core/party/party.ts";
import type { PartyChange, PartyChanged } from "../core/party/party-change.ts";
import type { TicketPlayer } from "../core/ticket.ts";
import { readTicketPlayer, writeTicketPlayer } from "./match-wire.ts";

type Arm = NonNullable<wire.PartyChanged["change"]>;

export function writePartyChanged({ partyId, requestId = "", bodyDigest, change }: PartyChanged): wire.PartyChanged {
  return { partyId, requestId, bodyDigest, change: writeChange(change) };
}

export function readPartyChanged({ partyId, requestId, bodyDigest, change }: wire.PartyChanged): PartyChanged {
  invariant(change, "the journal holds changes of parties that this build knows");
  return {
    type: "party-changed",
    partyId: partyId as PartyId,
    change: readChange(change),
    requestId: requestId || undefined,
    bodyDigest,
  };
}

function writeChange(change: PartyChange): Arm {
  switch (change.type) {
    case "created": {
      const { leader, membersMax, isOpen: open, properties } = change;
      const value = { leader: writeTicketPlayer(leader), membersMax, open, properties: { ...properties } };
      return { $case: "created", value };
    }
    case "invited":
      return { $case: "invited", value: { playerId: change.playerId, expiresAtMs: change.expiresAtMs } };
    case "asked": {
      const { player, expiresAtMs } = change;
      return { $case: "asked", value: { player: writeTicketPlayer(player), expiresAtMs } };
    }
    case "joined":
      return { $case: "joined", value: { player: writeTicketPlayer(change.player) } };
    case "member-updated":
      return { $case: "memberUpdated", value: { player: writeTicketPlayer(change.player) } };
    case "left": {
      const { playerId, isKicked: kicked, leaderId = "" } = change;
      return { $case: "left", value: { playerId, kicked, leaderId } };
    }
    case "offers-ended": {
      const { playerIds, end } = change;
      return { $case: "offersEnded", value: { playerIds: [...playerIds], end: writeEnum(wire.PartyOfferEnd, end) } };
    }
    case "promoted":
      return { $case: "promoted", value: { playerId: change.playerId } };
    case "dissolved":
      return { $case: "dissolved", value: { playerId: change.playerId ?? "" } };
    default:
      return unreachable(change);
  }
}

function readChange(arm: Arm): PartyChange {
  switch (arm.$case) {
    case "created": {
      const { leader, membersMax, open: isOpen, properties } = arm.value;
      return { type: "created", leader: readPresent(leader), membersMax, isOpen, properties };
    }
    case "invited":
      return { type: "invited", playerId: arm.value.playerId as PlayerId, expiresAtMs: arm.value.expiresAtMs };
    case "asked":
      return { type: "asked", player: readPresent(arm.value.player), expiresAtMs: arm.value.expiresAtMs };
    case "joined":
      return { type: "joined", player: readPresent(arm.value.player) };
    case "memberUpdated":
      return { type: "member-updated", player: readPresent(arm.value.player) };
    case "left": {
      const { playerId, kicked: isKicked, leaderId } = arm.value;
      return {
        ...{ type: "left", playerId: playerId as PlayerId, isKicked },
        leaderId: (leaderId || undefined) as PlayerId | undefined,
      };
    }
    case "offersEnded": {
      const { playerIds, end } = arm.value;
      return {
        type: "offers-ended",
        playerIds: playerIds as PlayerId[],
        end: readWord("end", wire.PartyOfferEnd, end),
      };
    }
    case "promoted":
      return { type: "promoted", playerId: arm.value.playerId as PlayerId };
    case "dissolved":
      return { type: "dissolved", playerId: (arm.value.playerId || undefined) as PlayerId | undefined };
    default:
      return unreachable(arm);
  }
}

function readPresent(player: wire.TicketPlayer | undefined): TicketPlayer {
  invariant(player, "whoever comes into a party is named");
  return readTicketPlayer(player);
}

export function encodeParty([party, ticketIds]: readonly [Party, readonly TicketId[]]): Uint8Array {
  const { lastChange } = party;
  return wire.KeptParty.encode({
    partyId: party.partyId,
    version: party.version,
    leaderId: party.leaderId ?? "",
    members: party.members.map(writeTicketPlayer),
    membersMax: party.membersMax,
    open: party.isOpen,
    properties: { ...party.properties },
    offers: party.offers.map(({ kind, player, expiresAtMs, expiresAtWallMs }) => {
      return { player: writeTicketPlayer(player), asked: kind === "ASKED", expiresAtMs, expiresAtWallMs };
    }),
    createdAtWallMs: party.createdAtWallMs,
    bodyDigest: party.bodyDigest,
    changeNumber: lastChange.number,
    changeSequence: lastChange.sequence,
    changeType: lastChange.type,
    changePlayerId: lastChange.playerId ?? "",
    changeAtWallMs: lastChange.atWallMs,
    requests: [...party.requests].map(([requestId, bodyDigest]) => ({ requestId, bodyDigest })),
    ticketIds: [...ticketIds],
    endedAtMs: party.endedAtMs,
  }).finish();
}

export function decodeParty(bytes: Uint8Array): readonly [Party, readonly TicketId[]] {
  const kept = wire.KeptParty.decode(bytes);
  const party: Party = {
    partyId: kept.partyId as PartyId,
    version: kept.version,
    leaderId: (kept.leaderId || undefined) as PlayerId | undefined,
    members: kept.members.map(readTicketPlayer),
    membersMax: kept.membersMax,
    isOpen: kept.open,
    properties: kept.properties,
    offers: kept.offers.map(({ player, asked, expiresAtMs, expiresAtWallMs }) => {
      return { kind: asked ? "ASKED" : "INVITED", player: readPresent(player), expiresAtMs, expiresAtWallMs };
    }),
    createdAtWallMs: kept.createdAtWallMs,
    bodyDigest: kept.bodyDigest,
    lastChange: {
      number: kept.changeNumber,
      sequence: kept.changeSequence,
      type: kept.changeType as PartyChangeType,
      playerId: (kept.changePlayerId || undefined) as PlayerId | undefined,
      atWallMs: kept.changeAtWallMs,
    },
    requests: new Map(kept.requests.map(({ requestId, bodyDigest }) => [requestId, bodyDigest])),
    endedAtMs: kept.endedAtMs,
  };
  return [party, kept.ticketIds as TicketId[]];
}
