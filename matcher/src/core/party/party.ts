// One party: who is in it, who leads, who may come to be in it. Its changes are facts (fact.ts), decided in this folder.
import type { PartyId, PlayerId } from "@muster/proto";
import type { TicketPlayer } from "../ticket.ts";

/** Somebody who may come to be a member: invited, or with what the player brings who has asked. */
export type PartyOffer = {
  readonly kind: "INVITED" | "ASKED";
  readonly player: TicketPlayer;
  /** Journal time from which it is too late, in ms. */
  readonly expiresAtMs: number;
  readonly expiresAtWallMs: number;
};

export type PartyChangeType =
  | "CREATED"
  | "INVITED"
  | "ASKED"
  | "JOINED"
  | "LEFT"
  | "KICKED"
  | "DECLINED"
  | "REFUSED"
  | "EXPIRED"
  | "PROMOTED"
  | "MEMBER_UPDATED"
  | "DISSOLVED";

/** A party as the state holds it. A change makes a new value. */
export type Party = {
  readonly partyId: PartyId;
  /** +1 with every change, from 1. */
  readonly version: number;
  /** Undefined once it has ended: an ended party names nobody but whom its last change was about. */
  readonly leaderId: PlayerId | undefined;
  /** In the order of their joining. */
  readonly members: readonly TicketPlayer[];
  readonly membersMax: number;
  readonly isOpen: boolean;
  readonly properties: Readonly<Record<string, string>>;
  /** In the order of their making; one a player. */
  readonly offers: readonly PartyOffer[];
  readonly createdAtWallMs: number;
  /** Of the call that created it: tells a repeat from another party of the same id. */
  readonly bodyDigest: string;
  readonly lastChange: {
    /** 1, 2, … over all parties. */
    readonly number: number;
    /** Of the fact in the journal. */
    readonly sequence: number;
    readonly type: PartyChangeType;
    readonly playerId: PlayerId | undefined;
    readonly atWallMs: number;
  };
  /** Digests of the bodies of calls by request id, the oldest first. */
  readonly requests: ReadonlyMap<string, string>;
  /** Journal time; undefined while it lives. */
  readonly endedAtMs: number | undefined;
};

export const PARTY_OFFER_SECONDS_DEFAULT = 300;

export function isMember({ members }: Pick<Party, "members">, playerId: PlayerId): boolean {
  return members.some((member) => member.playerId === playerId);
}

/** The player's offer, if its time has not passed. */
export function findOffer(party: Party, playerId: PlayerId, nowMs: number): PartyOffer | undefined {
  return party.offers.find((offer) => offer.player.playerId === playerId && nowMs < offer.expiresAtMs);
}

/** Whether the party has to do with the player: as a member, or as one who may come to be one. */
export function concernsPlayer(party: Party, playerId: PlayerId): boolean {
  return isMember(party, playerId) || party.offers.some((offer) => offer.player.playerId === playerId);
}
