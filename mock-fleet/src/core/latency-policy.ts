// Latency policies of a queue: caps that hold one after the other while a placement waits, the lowest first, the last for the rest
// of its time. A cap bars every region where one single player exceeds it, or has measured nothing.

export type LatencyPolicy = {
  /** Round trip in ms that no single player may exceed. */
  readonly maxIndividualLatencyMs: number;
  /** How long the cap holds, in ms. Undefined, and for the last of all: until the placement ends. */
  readonly durationMs: number | undefined;
};

/** The cap in ms of a placement that has waited for `waitedMs`; infinite without policies. `policies`: lowest cap first. */
export function capAfter(policies: readonly LatencyPolicy[], waitedMs: number): number {
  let untilMs = 0;
  for (const [index, { maxIndividualLatencyMs, durationMs = Number.POSITIVE_INFINITY }] of policies.entries()) {
    untilMs += durationMs;
    if (waitedMs < untilMs || index === policies.length - 1) return maxIndividualLatencyMs;
  }
  return Number.POSITIVE_INFINITY;
}

/** After what wait in ms each cap but the first begins to hold, of those that do within `withinMs`. */
export function loosensAfterMs(policies: readonly LatencyPolicy[], withinMs: number): readonly number[] {
  const times: number[] = [];
  let sumMs = 0;
  for (const { durationMs = Number.POSITIVE_INFINITY } of policies.slice(0, -1)) {
    sumMs += durationMs;
    if (sumMs < withinMs) times.push(sumMs);
  }
  return times;
}
