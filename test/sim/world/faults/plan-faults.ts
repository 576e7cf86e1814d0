// What the mock fleet's own plan of faults does, asked for as an operator would: games that lie or die while they load, lines that
// are cut, silent, or say everything twice.
import { FaultDirection, FaultKind, type Fault as PlannedFault } from "@muster/proto/mockfleet";
import type { Fault, Victims } from "./fault.ts";

/** Of one strike; short, as nobody can mend it before. */
const STRIKE_MS = { min: 200, max: 4_000 };
/** How long a plan stands, in ms. */
const STANDS_MS = 10_000;

const NOBODY: PlannedFault = {
  ...{ faultId: "", kind: FaultKind.UNSPECIFIED, fleet: "", region: "", processId: "" },
  ...{ ratio: 0.5, perHour: undefined, afterMs: 0, withinMs: STANDS_MS, strikesMax: 1, forMs: 0, delayMs: 0 },
  ...{ jumpMs: 0, noticeMs: undefined, direction: FaultDirection.BOTH, seed: 1, strikes: 0 },
};

/** Whoever does not reach the fleet has planned nothing. */
function plan({ chance, fleetOperator }: Victims, fault: Partial<PlannedFault> & Pick<PlannedFault, "kind">): string {
  const asked = { ...NOBODY, seed: chance.below(1_000), ...fault };
  fleetOperator.addFault({ fault: asked }).catch(() => undefined);
  return `kind ${asked.kind}`;
}

export const planFaults = {
  "a game lies": (victims) => {
    const { ACTIVATES_TWICE, ACCEPTS_UNKNOWN, REPORTS_NONSENSE } = FaultKind;
    const kind = victims.chance.pick([ACTIVATES_TWICE, ACCEPTS_UNKNOWN, REPORTS_NONSENSE]);
    return plan(victims, { kind, strikesMax: 3 });
  },
  "a game dies loading": (victims) => plan(victims, { kind: FaultKind.CRASH_IN_ACTIVATION }),
  "a line is cut": (victims) => plan(victims, { kind: FaultKind.CUT, forMs: victims.chance.between(STRIKE_MS) }),
  "a line is silent": (victims) => {
    const { BOTH, TO_FLEET, TO_HOST } = FaultDirection;
    const direction = victims.chance.pick([BOTH, TO_FLEET, TO_HOST]);
    return plan(victims, { kind: FaultKind.SILENCE, direction, forMs: victims.chance.between(STRIKE_MS) });
  },
  "messages come twice": (victims) => plan(victims, { kind: FaultKind.DOUBLE, strikesMax: 0 }),
} as const satisfies Record<string, Fault>;
