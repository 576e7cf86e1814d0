// `faults` of muster.json: the plan that a fleet starts with.
import { z } from "zod";
import { directions, type FaultKind, type FaultSpec, faultKinds } from "../core/faults/fault.ts";

const DAY_SECONDS = 86_400;
const kinds = Object.keys(faultKinds) as [FaultKind, ...FaultKind[]];
const seconds = z.number().min(0).max(DAY_SECONDS);
const name = z.string().min(1).max(128);

export const faultSchema = z
  .strictObject({
    kind: z.enum(kinds),
    /** Whom it is meant for: absent, everybody. A process by the beginning of its id. */
    fleet: name.optional(),
    region: name.optional(),
    process: name.optional(),
    /** Share of opportunities at which it strikes. */
    ratio: z.number().min(0).max(1).default(1),
    /** How often it strikes each process in an hour, on average, instead of once. */
    perHour: z.number().gt(0).max(3_600_000).optional(),
    /** It strikes nobody before so long after the fleet started, or it was added. */
    afterSeconds: seconds.default(0),
    /** Nor later than so long after that. */
    withinSeconds: seconds.optional(),
    /** It strikes so often and no more. */
    strikes: z.int().min(1).max(1_000_000).optional(),
    /** How long one strike lasts; absent, for good. */
    forSeconds: seconds.optional(),
    /** CRASH_IN_PLAY: from activation on. DELAY: of each message. */
    delaySeconds: seconds.default(0),
    /** CLOCK_JUMP: forwards, or below 0 backwards. */
    jumpSeconds: z.number().min(-DAY_SECONDS).max(DAY_SECONDS).default(0),
    /** SPOT_NOTICE: until the process is gone. */
    noticeSeconds: seconds.default(120),
    /** SILENCE: which way nothing passes. */
    direction: z.enum(directions).default("BOTH"),
    /** The same seed and the same order of launches: the same victims. */
    seed: z.int().min(0).max(4_294_967_295).default(1),
  })
  .refine(({ kind, perHour }) => perHour === undefined || mayRecur(kind), {
    path: ["perHour"],
    error: "absent for a fault that strikes no process by itself",
  });
export const faultsSchema = z.array(faultSchema).max(1_000).default([]);

/** Whether faults of the kind may strike processes again and again. */
export function mayRecur(kind: FaultKind): boolean {
  return faultKinds[kind].strikes === "process" || kind === "CRASH_IN_PLAY";
}

export function readFault(fault: z.output<typeof faultSchema>): FaultSpec {
  const ms = (value: number | undefined) => (value === undefined ? undefined : Math.round(value * 1_000));
  return {
    kind: fault.kind,
    fleet: fault.fleet,
    region: fault.region,
    processId: fault.process,
    ratio: fault.ratio,
    perHour: fault.perHour,
    afterMs: fault.afterSeconds * 1_000,
    withinMs: ms(fault.withinSeconds),
    strikesMax: fault.strikes,
    forMs: ms(fault.forSeconds),
    delayMs: fault.delaySeconds * 1_000,
    jumpMs: fault.jumpSeconds * 1_000,
    noticeMs: fault.noticeSeconds * 1_000,
    direction: fault.direction,
    seed: fault.seed,
  };
}
