// A party as a game backend sees it: plain values. The backend's one door to the messages of parties.
import { type EnumWord, fieldInvalid, readWord } from "@muster/proto";
import * as wire from "@muster/proto/matchmaking";
import type { TicketPlayer } from "../ticket.ts";
import { readPlayer } from "../ticket-wire.ts";

/** Players who stay together over any number of battles, as they stood when it was sent. */
export type Party = {
  readonly partyId: string;
  /** ENDED: dissolved, or left by all. */
  readonly state: "ACTIVE" | "ENDED";
  /** +1 with every change, from 1. */
  readonly version: number;
  /** Who leads it; undefined once it has ended. */
  readonly leaderId: string | undefined;
  /** With what they bring, in the order of their joining. */
  readonly members: readonly Required<TicketPlayer>[];
  readonly membersMax: number;
  /** Anybody may join. */
  readonly open: boolean;
  readonly properties: Readonly<Record<string, string>>;
  /** Who may come to be a member: by the leader's invitation, or asking for it. */
  readonly offers: readonly PartyOffer[];
  readonly createdAt: Date;
  readonly lastChange: {
    readonly type: PartyChangeType;
    /** Whom it was about; undefined of a party that was dissolved, or a player who was erased. */
    readonly playerId: string | undefined;
    readonly at: Date;
  };
  /** Its live tickets that a change of members would cancel, as they stood. They come and go without a new version. */
  readonly ticketIds: readonly string[];
};

export type PartyOffer = {
  readonly playerId: string;
  readonly kind: "INVITED" | "ASKED";
  /** By the matcher's clock. The time itself is too late. */
  readonly expiresAt: Date;
};

/** What the last version changed. DECLINED and REFUSED speak of invitations and asks: ended by the player, or by the leader. */
export type PartyChangeType = EnumWord<typeof wire.PartyChangeType>;

export type CreateParty = {
  /** 1 to 128 of `A-Z a-z 0-9 _ . : -`. The same id with the same body is the same party. Default: drawn. */
  readonly partyId?: string;
  /** Its first member, with what the player brings. */
  readonly leader: TicketPlayer;
  /** 1 to 100. Default 100. */
  readonly membersMax?: number;
  /** Anybody may join without being invited. Default false. */
  readonly open?: boolean;
  /** At most 64, keys and values of at most 1,024 characters. Default none. */
  readonly properties?: Readonly<Record<string, string>>;
};

/** @throws {MusterError} FIELD_INVALID for a party that is absent or in a state that this build does not know. */
export function readParty(message: wire.Party | undefined): Party {
  if (!message) throw fieldInvalid("party", "present in the answer", "absent");
  const { lastChange } = message;
  return {
    partyId: message.partyId,
    state: readWord("party.state", wire.PartyState, message.state),
    version: message.version,
    leaderId: message.leaderId || undefined,
    members: message.members.map((player) => readPlayer("party.members", player)),
    membersMax: message.membersMax,
    open: message.open,
    properties: message.properties,
    offers: message.offers.map(({ playerId, kind, expiresAt = new Date(0) }) => {
      return { playerId, kind: readWord("party.offers.kind", wire.PartyOfferKind, kind), expiresAt };
    }),
    createdAt: message.createdAt ?? new Date(0),
    lastChange: {
      type: readWord("party.last_change.type", wire.PartyChangeType, lastChange?.type ?? 0),
      playerId: lastChange?.playerId || undefined,
      at: lastChange?.at ?? new Date(0),
    },
    ticketIds: message.ticketIds,
  };
}
