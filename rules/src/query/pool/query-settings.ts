// How a pool of tickets with queries is matched.
import { fieldInvalid } from "@muster/proto";
import type { QueryMode } from "../syntax.ts";

export type QuerySettings = {
  /** Compatible: the time between two looks at the pool. With `maxIntervals`: how long a ticket waits for a full match. */
  readonly intervalMs: number;
  /** Intervals after which a ticket takes fewer players than its maximum. */
  readonly maxIntervals: number;
  /** Compatible: whether all in a match have to accept one another, not only the ticket that seeks. Best: always. */
  readonly reversePrecision: boolean;
  /** Compatible: intervals that a ticket waits before it may match one-way all the same; 0: never. */
  readonly reverseThreshold: number;
  /** Live tickets of one player, and of one party. */
  readonly maxTicketsPerPlayer: number;
  /** What becomes of a matched player's other tickets. */
  readonly onMatched: "keepOthers" | "cancelOthers";
  readonly mode: QueryMode;
};

export const INTERVAL_SECONDS_DEFAULT = 15;
export const INTERVAL_SECONDS_MAX = 3_600;
export const MAX_INTERVALS_DEFAULT = 2;
export const INTERVALS_MAX = 10_000;
export const TICKETS_PER_PLAYER_DEFAULT = 3;
export const TICKETS_PER_PLAYER_MAX = 1_000;

/** @throws {MusterError} FIELD_INVALID unless every number is in its range. */
export function checkQuerySettings(settings: QuerySettings): QuerySettings {
  const { intervalMs, maxIntervals, reverseThreshold, maxTicketsPerPlayer } = settings;
  checkWhole("query.interval_seconds", intervalMs / 1_000, { min: 1, max: INTERVAL_SECONDS_MAX });
  checkWhole("query.max_intervals", maxIntervals, { min: 1, max: INTERVALS_MAX });
  checkWhole("query.reverse_threshold", reverseThreshold, { min: 0, max: INTERVALS_MAX });
  checkWhole("query.max_tickets_per_player", maxTicketsPerPlayer, { min: 1, max: TICKETS_PER_PLAYER_MAX });
  return settings;
}

function checkWhole(field: string, value: number, { min, max }: { readonly min: number; readonly max: number }): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw fieldInvalid(field, `a whole number from ${min} to ${max}`, value);
}
