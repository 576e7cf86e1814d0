// A fault for tests: at once, always, of everybody.
import type { FaultSpec } from "./fault.ts";

export function faultSpec(spec: Partial<FaultSpec> & Pick<FaultSpec, "kind">): FaultSpec {
  return {
    fleet: undefined,
    region: undefined,
    processId: undefined,
    ratio: 1,
    perHour: undefined,
    afterMs: 0,
    withinMs: undefined,
    strikesMax: undefined,
    forMs: undefined,
    delayMs: 0,
    jumpMs: 0,
    noticeMs: 120_000,
    direction: "BOTH",
    seed: 1,
    ...spec,
  };
}
