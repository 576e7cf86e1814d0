// What the mock fleet's own plan of faults does, asked for as an operator would: games that lie, die, hang or are ill, lines that
// are cut, silent, late, or say everything twice, machines that are lost or taken back, and none to be had.
import { MusterError } from "@muster/proto";
import { FaultDirection, FaultKind, type Fault as PlannedFault } from "@muster/proto/mockfleet";
import type { Fault, Victims } from "./fault.ts";

/** Of one strike; short, as nobody can mend it before. */
const STRIKE_MS = { min: 200, max: 4_000 };
/** Of messages, while a plan stands. */
const LATE_MS = { min: 20, max: 1_500 };
/** Between a notice and the end of its machine. */
const NOTICE_MS = { min: 100, max: 3_000 };
/** How long a plan stands, in ms. */
const STANDS_MS = 10_000;

/** What an answer says that tells of no weather. */
const MISTAKES: ReadonlySet<string> = new Set(["FIELD_INVALID", "METHOD_UNKNOWN", "INTERNAL_FAULT", "UNKNOWN"]);

const NOBODY: PlannedFault = {
  ...{ faultId: "", kind: FaultKind.UNSPECIFIED, fleet: "", region: "", processId: "" },
  ...{ ratio: 0.5, perHour: undefined, afterMs: 0, withinMs: STANDS_MS, strikesMax: 1, forMs: 0, delayMs: 0 },
  ...{ jumpMs: 0, noticeMs: undefined, direction: FaultDirection.BOTH, seed: 1, strikes: 0 },
};

/** A whole number of ms. */
function drawMs({ chance }: Victims, span: { readonly min: number; readonly max: number }): number {
  return Math.round(chance.between(span));
}

/** Whoever does not reach the fleet has planned nothing; to be refused would be a mistake of ours. */
function plan(
  { chance, fleetOperator, fail }: Victims,
  fault: Partial<PlannedFault> & Pick<PlannedFault, "kind">,
): string {
  const asked = { ...NOBODY, seed: chance.below(1_000), ...fault };
  fleetOperator.addFault({ fault: asked }).catch((error: unknown) => {
    if (!(error instanceof MusterError) || MISTAKES.has(error.reason)) fail(error);
  });
  return `kind ${asked.kind}`;
}

export const planFaults = {
  "a game lies": (victims) => {
    const { ACTIVATES_TWICE, ACCEPTS_UNKNOWN, REPORTS_NONSENSE } = FaultKind;
    const kind = victims.chance.pick([ACTIVATES_TWICE, ACCEPTS_UNKNOWN, REPORTS_NONSENSE]);
    return plan(victims, { kind, strikesMax: 3 });
  },
  "a game dies loading": (victims) => plan(victims, { kind: FaultKind.CRASH_IN_ACTIVATION }),
  "a line is cut": (victims) => plan(victims, { kind: FaultKind.CUT, forMs: drawMs(victims, STRIKE_MS) }),
  "a line is silent": (victims) => {
    const { BOTH, TO_FLEET, TO_HOST } = FaultDirection;
    const direction = victims.chance.pick([BOTH, TO_FLEET, TO_HOST]);
    return plan(victims, { kind: FaultKind.SILENCE, direction, forMs: drawMs(victims, STRIKE_MS) });
  },
  "messages come twice": (victims) => plan(victims, { kind: FaultKind.DOUBLE, strikesMax: 0 }),
  "messages are late": (victims) =>
    plan(victims, { kind: FaultKind.DELAY, delayMs: drawMs(victims, LATE_MS), strikesMax: 0 }),
  /** Game and sidecar stand still, and go on by themselves: unless the fleet has died meanwhile, or given them up. */
  "a process hangs": (victims) => plan(victims, { kind: FaultKind.HANG, forMs: drawMs(victims, STRIKE_MS) }),
  "a game is ill": (victims) => plan(victims, { kind: FaultKind.UNHEALTHY }),
  "a host is lost": (victims) => plan(victims, { kind: FaultKind.HOST_LOST }),
  "a machine is taken back": (victims) =>
    plan(victims, { kind: FaultKind.SPOT_NOTICE, noticeMs: drawMs(victims, NOTICE_MS) }),
  "no capacity": (victims) => plan(victims, { kind: FaultKind.CAPACITY_GONE, strikesMax: 0 }),
  "a game starts slowly": (victims) => plan(victims, { kind: FaultKind.SLOW_START, forMs: drawMs(victims, STRIKE_MS) }),
  "a game dies in play": (victims) =>
    plan(victims, { kind: FaultKind.CRASH_IN_PLAY, delayMs: drawMs(victims, STRIKE_MS) }),
} as const satisfies Record<string, Fault>;
