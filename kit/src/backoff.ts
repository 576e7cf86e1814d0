// How long to wait before the next try, so that a thousand clients of a restarted service do not return in one instant.
import type { Random } from "./random.ts";

export type BackoffOptions = {
  /** Longest wait before the first retry, in ms. Default 100. */
  readonly firstMs?: number;
  /** Longest wait before any retry, in ms. Default 5,000. */
  readonly maxMs?: number;
};

/** The wait in ms before try `attempt` (1 = the first retry): doubling, with full jitter, never under a tenth. */
export function backoffMs(attempt: number, random: Random, options: BackoffOptions = {}): number {
  const { firstMs = 100, maxMs = 5_000 } = options;
  const ceilingMs = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  return ceilingMs * (0.1 + 0.9 * random.fraction());
}
