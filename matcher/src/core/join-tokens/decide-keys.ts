// Keys of join tokens: when there is a new one, and when one ends.
import { type JoinKeyId, MusterError } from "@muster/proto";
import type { MatcherFact } from "../fact.ts";
import type { MatcherState } from "../matcher-state.ts";
import { JOIN_KEYS_MAX, signingKey } from "./join-book.ts";

export type NewJoinKey = {
  readonly keyId: JoinKeyId;
  readonly secret: Uint8Array;
  /** How long until it signs. */
  readonly delayMs: number;
};

/** The fact that adds the key; none if it is there. @throws {MusterError} OVERLOADED. */
export function decideAddKey(
  { joins }: MatcherState,
  { keyId, secret, delayMs }: NewJoinKey,
  nowMs: number,
): readonly MatcherFact[] {
  if (joins.keys.has(keyId)) return [];
  if (joins.keys.size >= JOIN_KEYS_MAX) {
    const why = `Cannot add another join key as there are at most ${JOIN_KEYS_MAX}: those of before go with the last ticket that they signed for`;
    throw new MusterError("OVERLOADED", why, { metadata: { limit: String(JOIN_KEYS_MAX) } });
  }
  return [{ type: "join-key-added", keyId, secret, signsFromMs: Math.ceil(nowMs + delayMs) }];
}

/** As the clock asks for it: the first key, and another when the last one that was added has signed for `everyMs`. 0: never another. */
export function decideDueKey(
  state: MatcherState,
  { everyMs, ...drawn }: Omit<NewJoinKey, "delayMs"> & { readonly everyMs: number; readonly delayMs: number },
  nowMs: number,
): readonly MatcherFact[] {
  const last = [...state.joins.keys.values()].at(-1);
  if (!last) return decideAddKey(state, { ...drawn, delayMs: 0 }, nowMs);
  const isDue = everyMs > 0 && nowMs >= last.signsFromMs + everyMs && state.joins.keys.size < JOIN_KEYS_MAX;
  return isDue ? decideAddKey(state, drawn, nowMs) : [];
}

/** The fact that ends the key; none if it is gone. @throws {MusterError} JOIN_KEY_SIGNS. */
export function decideRevokeKey({ joins }: MatcherState, keyId: JoinKeyId, nowMs: number): readonly MatcherFact[] {
  if (!joins.keys.has(keyId)) return [];
  if (signingKey(joins, nowMs)?.keyId === keyId) {
    const why = `Cannot revoke join key ${keyId} as one has to sign: it is the one that does`;
    throw new MusterError("JOIN_KEY_SIGNS", why, { metadata: { keyId } });
  }
  return [{ type: "join-key-revoked", keyId }];
}
