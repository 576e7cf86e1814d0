// Join tokens in the journal and its snapshots: keys, and who has used a token.
import { unreachable } from "@muster/kit";
import type { JoinKeyId, PlayerId, TicketId } from "@muster/proto";
import * as wire from "@muster/proto/journal-matcher";
import type { MatcherFact } from "../core/fact.ts";
import type { JoinKey } from "../core/join-tokens/join-book.ts";

type JoinFact = Extract<MatcherFact, { type: "join-key-added" | "join-key-revoked" | "join-token-redeemed" }>;
type JoinArm = Extract<
  NonNullable<wire.MatcherFact["fact"]>,
  { $case: "joinKeyAdded" | "joinKeyRevoked" | "joinTokenRedeemed" }
>;
export type Redemption = Omit<Extract<JoinFact, { type: "join-token-redeemed" }>, "type">;

export function writeJoinFact(fact: JoinFact): JoinArm {
  switch (fact.type) {
    case "join-key-added": {
      const { keyId, secret, signsFromMs } = fact;
      return { $case: "joinKeyAdded", value: { keyId, secret, signsFromMs } };
    }
    case "join-key-revoked":
      return { $case: "joinKeyRevoked", value: { keyId: fact.keyId } };
    case "join-token-redeemed": {
      const { type: _, ...redemption } = fact;
      return { $case: "joinTokenRedeemed", value: redemption };
    }
    default:
      return unreachable(fact);
  }
}

export function readJoinFact(arm: JoinArm): JoinFact {
  switch (arm.$case) {
    case "joinKeyAdded":
      return { type: "join-key-added", ...readAdded(arm.value) };
    case "joinKeyRevoked":
      return { type: "join-key-revoked", keyId: arm.value.keyId as JoinKeyId };
    case "joinTokenRedeemed":
      return { type: "join-token-redeemed", ...readRedemption(arm.value) };
    default:
      return unreachable(arm);
  }
}

function readAdded({ keyId, secret, signsFromMs }: wire.JoinKeyAdded) {
  return { keyId: keyId as JoinKeyId, secret: new Uint8Array(secret), signsFromMs }; // A copy: it must not keep the bytes around it.
}

function readRedemption({ ticketId, playerId, requestId }: wire.JoinTokenRedeemed): Redemption {
  return { ticketId: ticketId as TicketId, playerId: playerId as PlayerId, requestId };
}

export function encodeJoinKey({ keyId, secret, signsFromMs, ...rest }: JoinKey): Uint8Array {
  return wire.KeptJoinKey.encode({ added: { keyId, secret, signsFromMs }, ...rest }).finish();
}

export function decodeJoinKey(bytes: Uint8Array): JoinKey {
  const { added = wire.JoinKeyAdded.create(), ...rest } = wire.KeptJoinKey.decode(bytes);
  return { ...readAdded(added), ...rest };
}

export function redemptionsOf([ticketId, players]: readonly [TicketId, ReadonlyMap<PlayerId, string>]): Redemption[] {
  return Array.from(players, ([playerId, requestId]) => ({ ticketId, playerId, requestId }));
}

export function encodeRedemption(redemption: Redemption): Uint8Array {
  return wire.JoinTokenRedeemed.encode(redemption).finish();
}

export function decodeRedemption(bytes: Uint8Array): Redemption {
  return readRedemption(wire.JoinTokenRedeemed.decode(bytes));
}
