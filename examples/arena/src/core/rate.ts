// How much a client may send: a bucket of tokens that refills steadily, so that a burst passes and a flood does not.

export type Rate = { readonly perSecond: number; readonly burst: number };

export type Bucket = { readonly tokens: number; readonly atMs: number };

/** Moves at 30 a second with room for a hiccup of the network: more than a player can mean. */
export const CLIENT_RATE: Rate = { perSecond: 30, burst: 60 };

/** A full bucket. */
export function createBucket(rate: Rate, nowMs: number): Bucket {
  return { tokens: rate.burst, atMs: nowMs };
}

/** The bucket after one more message; undefined if that is one too many. A clock that runs backwards refills nothing. */
export function takeToken(bucket: Bucket, rate: Rate, nowMs: number): Bucket | undefined {
  const refill = (Math.max(nowMs - bucket.atMs, 0) * rate.perSecond) / 1_000;
  const tokens = Math.min(bucket.tokens + refill, rate.burst);
  return tokens < 1 ? undefined : { tokens: tokens - 1, atMs: Math.max(nowMs, bucket.atMs) };
}
