// `simulated` of a fleet in muster.json: how its servers behave, in a few numbers or in a module.
import { resolve } from "node:path";
import { z } from "zod";
import type { SimulatedSpec, Span } from "./core/simulated-spec.ts";

const SPAN_SECONDS_MAX = 86_400;
const span = z.union([
  z.number().min(0).max(SPAN_SECONDS_MAX),
  z
    .tuple([z.number().min(0).max(SPAN_SECONDS_MAX), z.number().min(0).max(SPAN_SECONDS_MAX)])
    .refine(([least, most]) => least <= most, "the lesser number first"),
]);
const ratio = z.number().min(0).max(1);

export const simulatedSchema = z.strictObject({
  /** From launch until the process is ready. A span is a number of seconds, or two to draw evenly between. */
  readySeconds: span.default(0),
  /** From the start of a session until the game activates it. */
  activationSeconds: span.default(0),
  /** From activation until the game ends the session; "untilEmpty": when the last player has left. */
  sessionSeconds: z.union([span, z.literal("untilEmpty")]).default("untilEmpty"),
  /** From a reservation until its player connects. */
  acceptSeconds: span.default(0),
  /** Share of reservations whose player never connects. */
  noShowRatio: ratio.default(0),
  /** How often a player who plays leaves, in a minute, on average. */
  leavesPerMinute: z.number().min(0).max(60_000).default(0),
  /** Share of those who leave whose connection breaks: their seats are held for the grace. */
  disconnectRatio: ratio.default(0),
  /** How often a process crashes, in an hour, on average. */
  crashesPerHour: z.number().min(0).max(3_600_000).default(0),
  /** Share of fills that the game turns away, where the configuration lets it decide. */
  refusedFillRatio: ratio.default(0),
  /** The game starts a backfill of its own when somebody has left and none is under way. */
  backfill: z.boolean().default(false),
  /** Sessions that a process takes at once. */
  concurrentSessions: z.int().min(1).max(1_000).default(1),
  /** Repeats what is left to chance. */
  seed: z.int().min(0).max(4_294_967_295).default(1),
  /** A module, relative to muster.json, whose default export is the behaviour; the numbers above it are then not looked at. */
  script: z.string().min(1).optional(),
});

/** The behaviour in the core's words. `directory` is where muster.json is. */
export function readSimulated(simulated: z.output<typeof simulatedSchema>, directory: string): SimulatedSpec {
  const { sessionSeconds, script } = simulated;
  return {
    ready: readSpan(simulated.readySeconds),
    activation: readSpan(simulated.activationSeconds),
    session: sessionSeconds === "untilEmpty" ? undefined : readSpan(sessionSeconds),
    accept: readSpan(simulated.acceptSeconds),
    noShowRatio: simulated.noShowRatio,
    leavesPerMinute: simulated.leavesPerMinute,
    disconnectRatio: simulated.disconnectRatio,
    crashesPerHour: simulated.crashesPerHour,
    refusedFillRatio: simulated.refusedFillRatio,
    backfill: simulated.backfill,
    concurrentSessions: simulated.concurrentSessions,
    seed: simulated.seed,
    script: script === undefined ? undefined : resolve(directory, script),
  };
}

function readSpan(seconds: z.output<typeof span>): Span {
  const [least, most] = typeof seconds === "number" ? [seconds, seconds] : seconds;
  return { minMs: least * 1_000, maxMs: most * 1_000 };
}
