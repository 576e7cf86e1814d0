// How often each of many may do something: a bucket a name, which fills while nobody takes from it.
import type { Rate } from "./access-config.ts";

export interface TokenBuckets {
  /**
   * Takes one from the bucket of `name`. 0 if there was one; else so many ms until there will be, and nothing is taken.
   */
  take(name: string, rate: Rate, nowMs: number): number;
  /** Buckets that are kept. */
  readonly size: number;
}

/** Buckets at most, so that names out of nothing fill no memory: 64 bytes each, some 10 MB. */
const BUCKETS_MAX = 100_000;

type Bucket = { tokens: number; atMs: number };

/** Every bucket is full. One that has filled again is as good as none, and makes room. */
export function createTokenBuckets(bucketsMax = BUCKETS_MAX): TokenBuckets {
  const buckets = new Map<string, Bucket>();

  /** The one that was used last of all is at the end: a name that is in use keeps its bucket. */
  const makeRoom = () => {
    if (buckets.size < bucketsMax) return;
    const [oldest] = buckets.keys();
    if (oldest !== undefined) buckets.delete(oldest);
  };

  return {
    take(name, { perSecond, burst }, nowMs) {
      const before = buckets.get(name);
      const passedMs = before ? Math.max(0, nowMs - before.atMs) : 0;
      const tokens = before ? Math.min(burst, before.tokens + (passedMs * perSecond) / 1_000) : burst;
      if (tokens < 1) return Math.max(1, Math.ceil(((1 - tokens) * 1_000) / perSecond));
      if (before) buckets.delete(name);
      else makeRoom();
      buckets.set(name, { tokens: tokens - 1, atMs: nowMs });
      return 0;
    },
    get size() {
      return buckets.size;
    },
  };
}
