// Parties as the matcher's facts tell of them: who is in, who leads, and which tickets were started for them as they are.
import type { MatcherFact } from "@muster/matcher/testing";

type Fact<Type extends MatcherFact["type"]> = Extract<MatcherFact, { type: Type }>;

export type PartyEntry = {
  readonly partyId: string;
  /** In the order of their joining. */
  readonly members: Set<string>;
  leaderId: string;
  version: number;
  /** Of its last change of members. */
  membersVersion: number;
  hasEnded: boolean;
};

export interface PartyBook {
  readonly parties: ReadonlyMap<string, PartyEntry>;
  /** Whether these are the members of the party, all of them. */
  isWhole(partyId: string, players: readonly { playerId: string }[]): boolean;
  /** Whether the members are who they were when the ticket was started; true of a ticket of no party. */
  fits(ticket: { readonly partyId: string | undefined; readonly membersVersion: number | undefined }): boolean;
  fold(fact: Fact<"party-changed">): void;
}

export function createPartyBook(): PartyBook {
  const parties = new Map<string, PartyEntry>();
  return {
    parties,
    isWhole(partyId, players) {
      const members = parties.get(partyId)?.members ?? new Set();
      return members.size === players.length && players.every(({ playerId }) => members.has(playerId));
    },
    fits({ partyId, membersVersion }) {
      return partyId === undefined || parties.get(partyId)?.membersVersion === membersVersion;
    },
    fold({ partyId, change }) {
      if (change.type === "created") {
        const { playerId } = change.leader;
        const members = new Set<string>([playerId]);
        parties.set(partyId, { partyId, members, leaderId: playerId, version: 1, membersVersion: 1, hasEnded: false });
        return;
      }
      const party = parties.get(partyId);
      if (!party) return;
      party.version += 1;
      const { type } = change;
      if (type === "joined" || type === "left" || type === "dissolved") party.membersVersion = party.version;
      if (change.type === "joined") party.members.add(change.player.playerId);
      if (change.type === "left") party.members.delete(change.playerId);
      if (change.type === "left") party.leaderId = change.leaderId ?? party.leaderId;
      if (change.type === "promoted") party.leaderId = change.playerId;
      if (change.type !== "dissolved") return;
      party.members.clear();
      party.hasEnded = true;
    },
  };
}
