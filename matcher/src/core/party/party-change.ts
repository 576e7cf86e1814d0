// What may happen to a party, as facts tell it, and the party after it.
import { invariant, unreachable } from "@muster/kit";
import { limits, type PartyId, type PlayerId } from "@muster/proto";
import type { Times } from "../folds/fact-of.ts";
import type { TicketPlayer } from "../ticket.ts";
import type { Party, PartyChangeType, PartyOffer } from "./party.ts";

export type PartyChange =
  | {
      readonly type: "created";
      readonly leader: TicketPlayer;
      readonly membersMax: number;
      readonly isOpen: boolean;
      readonly properties: Readonly<Record<string, string>>;
    }
  | { readonly type: "invited"; readonly playerId: PlayerId; readonly expiresAtMs: number }
  | { readonly type: "asked"; readonly player: TicketPlayer; readonly expiresAtMs: number }
  | { readonly type: "joined" | "member-updated"; readonly player: TicketPlayer }
  | {
      readonly type: "left";
      readonly playerId: PlayerId;
      readonly isKicked: boolean;
      /** Who leads from now on; undefined: who did. */
      readonly leaderId: PlayerId | undefined;
    }
  | {
      readonly type: "offers-ended";
      readonly playerIds: readonly PlayerId[];
      readonly end: "DECLINED" | "REFUSED" | "EXPIRED";
    }
  | { readonly type: "promoted"; readonly playerId: PlayerId }
  /** `playerId`: the last member, who left; undefined: the leader said so. */
  | { readonly type: "dissolved"; readonly playerId: PlayerId | undefined };

export type PartyChanged = {
  readonly type: "party-changed";
  readonly partyId: PartyId;
  readonly change: PartyChange;
  readonly requestId: string | undefined;
  readonly bodyDigest: string;
};

/** Whether a ticket of the party has other players than the party has afterwards. */
export function changesMembers({ type }: PartyChange): boolean {
  return type === "joined" || type === "left" || type === "dissolved";
}

/** Everybody whom the change names. */
export function playersOfChange(change: PartyChange): readonly PlayerId[] {
  switch (change.type) {
    case "created":
      return [change.leader.playerId];
    case "asked":
    case "joined":
    case "member-updated":
      return [change.player.playerId];
    case "offers-ended":
      return change.playerIds;
    case "left":
      return change.leaderId === undefined ? [change.playerId] : [change.playerId, change.leaderId];
    case "invited":
    case "promoted":
      return [change.playerId];
    case "dissolved":
      return change.playerId === undefined ? [] : [change.playerId];
    default:
      return unreachable(change);
  }
}

/** The party after the fact. `before` is undefined exactly for a creation. */
export function changedParty(before: Party | undefined, fact: PartyChanged, at: Times & { number: number }): Party {
  const { change, requestId, bodyDigest } = fact;
  const lastChange = {
    number: at.number,
    sequence: at.sequence,
    type: wordOf(change),
    playerId: playersOfChange(change)[0],
    atWallMs: at.atWallMs,
  };
  if (change.type === "created") {
    const { leader, membersMax, isOpen, properties } = change;
    return {
      ...{ partyId: fact.partyId, version: 1, leaderId: leader.playerId, members: [leader], membersMax, isOpen },
      ...{ properties, offers: [], createdAtWallMs: at.atWallMs, bodyDigest, lastChange },
      ...{ requests: new Map(), endedAtMs: undefined },
    };
  }
  invariant(before, "facts change parties that were created");
  const requests = requestId === undefined ? before.requests : remember(before.requests, requestId, bodyDigest);
  return { ...before, ...partsAfter(before, change, at), version: before.version + 1, lastChange, requests };
}

function partsAfter(
  before: Party,
  change: Exclude<PartyChange, { type: "created" }>,
  at: Times,
): Partial<Pick<Party, "members" | "offers" | "leaderId" | "endedAtMs">> {
  const { members, offers } = before;
  const without = (...ids: readonly PlayerId[]) => offers.filter((offer) => !ids.includes(offer.player.playerId));
  const offer = (kind: PartyOffer["kind"], player: TicketPlayer, expiresAtMs: number): PartyOffer => {
    return { kind, player, expiresAtMs, expiresAtWallMs: Math.round(at.atWallMs + expiresAtMs - at.atMs) };
  };
  switch (change.type) {
    case "invited": {
      const { playerId, expiresAtMs } = change;
      const player = { playerId, attributes: {}, latenciesMs: {}, team: undefined };
      return { offers: [...without(playerId), offer("INVITED", player, expiresAtMs)] };
    }
    case "asked": {
      const { player, expiresAtMs } = change;
      return { offers: [...without(player.playerId), offer("ASKED", player, expiresAtMs)] };
    }
    case "joined":
      return { members: [...members, change.player], offers: without(change.player.playerId) };
    case "member-updated": {
      const { player } = change;
      return { members: members.map((member) => (member.playerId === player.playerId ? player : member)) };
    }
    case "left": {
      const { playerId, leaderId = before.leaderId } = change;
      return { members: members.filter((member) => member.playerId !== playerId), leaderId };
    }
    case "offers-ended":
      return { offers: without(...change.playerIds) };
    case "promoted":
      return { leaderId: change.playerId };
    case "dissolved":
      return { members: [], offers: [], leaderId: undefined, endedAtMs: at.atMs };
    default:
      return unreachable(change);
  }
}

function wordOf(change: PartyChange): PartyChangeType {
  switch (change.type) {
    case "created":
      return "CREATED";
    case "invited":
      return "INVITED";
    case "asked":
      return "ASKED";
    case "joined":
      return "JOINED";
    case "member-updated":
      return "MEMBER_UPDATED";
    case "left":
      return change.isKicked ? "KICKED" : "LEFT";
    case "offers-ended":
      return change.end;
    case "promoted":
      return "PROMOTED";
    case "dissolved":
      return "DISSOLVED";
    default:
      return unreachable(change);
  }
}

function remember(
  requests: ReadonlyMap<string, string>,
  requestId: string,
  bodyDigest: string,
): ReadonlyMap<string, string> {
  const kept = [...requests, [requestId, bodyDigest] as const];
  return new Map(kept.slice(-limits.PARTY_REQUESTS_MAX));
}
