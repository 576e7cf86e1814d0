// Facts of join tokens, folded: keys that come and go, and tokens that are used up.
import { redeemJoin } from "../join-tokens/join-book.ts";
import type { MatcherState } from "../matcher-state.ts";
import type { Fact, Times } from "./fact-of.ts";

export function addJoinKey(state: MatcherState, fact: Fact<"join-key-added">, at: Times): MatcherState {
  const { keyId, secret, signsFromMs } = fact;
  const fresh = { lastUsedAtMs: 0, lastExpiryMs: 0 };
  state.joins.keys.set(keyId, { keyId, secret, signsFromMs, addedAtWallMs: at.atWallMs, ...fresh });
  return state;
}

export function revokeJoinKey(state: MatcherState, { keyId }: Fact<"join-key-revoked">): MatcherState {
  state.joins.keys.delete(keyId);
  return state;
}

export function redeemJoinToken(state: MatcherState, fact: Fact<"join-token-redeemed">): MatcherState {
  redeemJoin(state.joins, fact);
  return state;
}
