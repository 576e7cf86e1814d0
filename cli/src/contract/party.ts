// Parties as this command knows and prints them: plain values with states in words. The JSON of `--json` is this shape.
import { type EnumWord, fieldInvalid, readWord } from "@muster/proto";
import * as wire from "@muster/proto/matchmaking";

export type Party = {
  readonly partyId: string;
  readonly state: EnumWord<typeof wire.PartyState>;
  readonly version: number;
  readonly leaderId: string | undefined;
  readonly members: readonly { readonly playerId: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly membersMax: number;
  readonly open: boolean;
  readonly properties: Readonly<Record<string, string>>;
  readonly offers: readonly {
    readonly playerId: string;
    readonly kind: EnumWord<typeof wire.PartyOfferKind>;
    /** ISO 8601. */
    readonly expiresAt: string | undefined;
  }[];
  readonly lastChange: {
    readonly type: EnumWord<typeof wire.PartyChangeType>;
    readonly playerId: string | undefined;
    /** ISO 8601. */
    readonly at: string | undefined;
  };
  /** Live ones that a change of members would cancel. */
  readonly ticketIds: readonly string[];
};

export function readParty(message: wire.Party | undefined): Party {
  if (!message) throw fieldInvalid("party", "a party", undefined);
  const { lastChange } = message;
  return {
    partyId: message.partyId,
    state: readWord("party.state", wire.PartyState, message.state),
    version: message.version,
    leaderId: message.leaderId || undefined,
    members: message.members.map(({ playerId, attributes }) => ({ playerId, attributes })),
    membersMax: message.membersMax,
    open: message.open,
    properties: message.properties,
    offers: message.offers.map(({ playerId, kind, expiresAt }) => {
      const word = readWord("party.offers.kind", wire.PartyOfferKind, kind);
      return { playerId, kind: word, expiresAt: expiresAt?.toISOString() };
    }),
    lastChange: {
      type: readWord("party.last_change.type", wire.PartyChangeType, lastChange?.type ?? 0),
      playerId: lastChange?.playerId || undefined,
      at: lastChange?.at?.toISOString(),
    },
    ticketIds: message.ticketIds,
  };
}
