// A behaviour for tests: everything at once and nobody leaves, but for what a test says.
import type { SimulatedSpec } from "../core/simulated-spec.ts";

const AT_ONCE = { minMs: 0, maxMs: 0 };

export function behaviour(spec: Partial<SimulatedSpec> = {}): SimulatedSpec {
  return {
    ready: AT_ONCE,
    activation: AT_ONCE,
    session: undefined,
    accept: AT_ONCE,
    noShowRatio: 0,
    leavesPerMinute: 0,
    disconnectRatio: 0,
    crashesPerHour: 0,
    refusedFillRatio: 0,
    backfill: false,
    concurrentSessions: 1,
    seed: 1,
    script: undefined,
    ...spec,
  };
}
