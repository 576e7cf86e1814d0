// What was sent to one target lately: for whoever wants to know why nothing arrives.

export type Delivery = {
  readonly atWallMs: number;
  readonly webhookId: string;
  readonly firstEventId: string;
  readonly lastEventId: string;
  readonly events: number;
  readonly bodyBytes: number;
  /** 1, 2, … of the same events. */
  readonly attempt: number;
  /** Undefined: there was no answer. */
  readonly status: number | undefined;
  /** Why there was none; empty where there was one. */
  readonly error: string;
  readonly durationMs: number;
};

export const DELIVERIES_KEPT = 1_000;

export interface DeliveryLog {
  add(delivery: Delivery): void;
  /** Newest first, at most `limit`. */
  latest(limit: number): readonly Delivery[];
}

export function createDeliveryLog(): DeliveryLog {
  let kept: Delivery[] = [];
  return {
    add(delivery) {
      kept.push(delivery);
      if (kept.length >= 2 * DELIVERIES_KEPT) kept = kept.slice(-DELIVERIES_KEPT);
    },
    latest: (limit) => kept.slice(-Math.min(limit, DELIVERIES_KEPT)).reverse(),
  };
}
