// What a configuration says of the join tokens of its matches, and what a match takes along of it.
import { fieldInvalid } from "@muster/proto";

/** What each field means stands in proto/muster/matchmaking/v1/configuration.proto. */
export type JoinTokenSettings = {
  /** 0: there are no tokens. */
  readonly lifetimeMs: number;
  /** Undefined: the configuration's name. */
  readonly audience?: string | undefined;
};

/** What the players of a match get if it stays without a session. */
export type JoinTokenTerms = { readonly lifetimeMs: number; readonly audience: string };

export const JOIN_TOKEN_SECONDS_DEFAULT = 60;
export const JOIN_TOKEN_SECONDS_MAX = 3_600;
export const AUDIENCE_CHARS_MAX = 256;

const defaults: JoinTokenSettings = { lifetimeMs: JOIN_TOKEN_SECONDS_DEFAULT * 1_000 };

/** @throws {MusterError} FIELD_INVALID unless the lifetime and the audience are in their ranges. */
export function checkJoinTokenSettings({ lifetimeMs, audience = "" }: JoinTokenSettings): void {
  const seconds = lifetimeMs / 1_000;
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > JOIN_TOKEN_SECONDS_MAX) {
    const rule = `a whole number from 0 to ${JOIN_TOKEN_SECONDS_MAX}`;
    throw fieldInvalid("join_tokens.lifetime_seconds", rule, seconds);
  }
  if (audience.length > AUDIENCE_CHARS_MAX || !audience.isWellFormed()) {
    const rule = `well-formed text of at most ${AUDIENCE_CHARS_MAX} characters`;
    throw fieldInvalid("join_tokens.audience", rule, audience.slice(0, 64));
  }
}

/** The same for settings that say the same. */
export function canonicalJoinTokens({ lifetimeMs, audience }: JoinTokenSettings = defaults): unknown {
  return [lifetimeMs, audience ?? ""];
}

/** Of a match of `configuration`. Undefined: none, as a queue gives its players a session, or as it wants none. */
export function joinTermsOf(
  { name, joinTokens = defaults }: { readonly name: string; readonly joinTokens?: JoinTokenSettings | undefined },
  queue: string | undefined,
): JoinTokenTerms | undefined {
  const { lifetimeMs, audience = name } = joinTokens;
  return queue === undefined && lifetimeMs > 0 ? { lifetimeMs, audience } : undefined;
}
