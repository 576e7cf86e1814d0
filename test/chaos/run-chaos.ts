// One whole run: start, load, break, heal, drain, stop, judge.
import { createSeededRandom, systemClock } from "@muster/kit";
import { auditJournal, type JournalAudit } from "./audit-journals.ts";
import { drain } from "./drain.ts";
import { breakThings, type FaultPlan, type FaultSummary } from "./faults/fault-loop.ts";
import { checkHistory } from "./history/check-history.ts";
import type { Entry } from "./history/entry.ts";
import type { Finding } from "./history/finding.ts";
import { startLoad, watchWorld } from "./load/load.ts";
import { readTestimonies } from "./server/server-log.ts";
import { becomesWhole } from "./whole.ts";
import { type ChaosWorld, openChaosWorld } from "./world/chaos-world.ts";

export type ChaosPlan = FaultPlan & {
  readonly folder: string;
  readonly visitors: number;
  readonly processes: number;
  /** How long all may take to be whole after the last fault, in ms; on a busy machine twice as long as the first start. */
  readonly wholeWithinMs: number;
  readonly env: Readonly<Record<string, string>>;
};

export type ChaosResult = {
  readonly findings: readonly Finding[];
  readonly faults: FaultSummary;
  readonly entries: readonly Entry[];
  readonly journals: readonly JournalAudit[];
  /** From the first start to the first whole match. */
  readonly firstWholeMs: number;
  readonly wholeAfterMs: number | undefined;
  readonly tookMs: number;
};

/** When it is no use to wait any longer for everything to work, in ms. */
const GIVE_UP_MS = 90_000;

/** Runs the plan. @throws {Error} if nothing could be started at all, or `signal` aborted. */
export async function runChaos(
  plan: ChaosPlan,
  options: { readonly signal: AbortSignal; readonly onProgress: (what: string) => void },
): Promise<ChaosResult> {
  const { signal, onProgress } = options;
  const startedMs = systemClock.nowMs();
  const random = createSeededRandom(plan.seed + 1);
  const findings: Finding[] = [];
  const find = (promise: string, why: string) => void findings.push({ promise, why, about: [] });

  await using world = await openChaosWorld(plan);
  const { history } = world;
  await using matcher = world.connectMatcher();
  await using fleet = world.connectFleet();
  const probe = { history, matcher, random };
  const becomesWholeWithin = async (withinMs: number): Promise<number | undefined> => {
    const sinceMs = systemClock.nowMs();
    const isWhole = await becomesWhole({ ...probe, signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]) });
    signal.throwIfAborted();
    return isWhole ? Math.round(systemClock.nowMs() - sinceMs) : undefined;
  };

  let faults: FaultSummary;
  let firstWholeMs: number | undefined;
  let wholeAfterMs: number | undefined;
  {
    await using _ = watchWorld(world);
    firstWholeMs = await becomesWholeWithin(GIVE_UP_MS);
    if (firstWholeMs === undefined) throw new Error(`Cannot begin as nothing is matched: see ${plan.folder}`);
    onProgress(`everything runs after ${firstWholeMs} ms`);

    await using load = startLoad(world, plan);
    faults = await breakThings(world, { ...plan, paceMs: paceOn(plan.paceMs, firstWholeMs) }, signal);
    history.add({ type: "healed" });
    onProgress("healed");
    // Longer than it may take, so that the figure is known where the promise is broken.
    wholeAfterMs = await becomesWholeWithin(GIVE_UP_MS);
    const wholeWithinMs = Math.max(plan.wholeWithinMs, 2 * firstWholeMs);
    if (wholeAfterMs === undefined || wholeAfterMs > wholeWithinMs) {
      find(
        "L-PROGRESS",
        `not whole ${wholeWithinMs} ms after the last fault, but after ${wholeAfterMs ?? GIVE_UP_MS} ms`,
      );
    }
    await load.stopVisitors();
    onProgress("draining");
    await drain({ history, matcher, fleet });
  }
  findings.push(...faults.findings, ...crashesOf(world));
  await world.close().catch((error: unknown) => find("L-BOUNDED", String(error)));
  onProgress("stopped");

  const journals = [
    await auditJournal(world.journals.matcher, "matcher"),
    await auditJournal(world.journals.fleet, "fleet"),
  ];
  findings.push(...journals.flatMap((audit) => audit.findings));
  const entries = [...history.entries, ...readTestimonies(world.testimonyFolder)];
  findings.push(...checkHistory(entries));
  const tookMs = Math.round(systemClock.nowMs() - startedMs);
  return { findings, faults, entries, journals, firstWholeMs, wholeAfterMs, tookMs };
}

/** What a start takes on a machine that is not busy, in ms, and how much slower the slowest may be taken to be. */
const USUAL_START_MS = 4_000;
const SLOWNESS_MAX = 4;

/** On a slow machine what was killed takes longer to be there again: to kill on would leave nothing to break. */
function paceOn({ least, most }: FaultPlan["paceMs"], firstWholeMs: number): FaultPlan["paceMs"] {
  const slowness = Math.min(Math.max(firstWholeMs / USUAL_START_MS, 1), SLOWNESS_MAX);
  return { least: least * slowness, most: most * slowness };
}

/** A service that ends by its own will, other than a zombie or one that found the journal owned, met a mistake of ours. */
function crashesOf({ matcher, fleet }: ChaosWorld): readonly Finding[] {
  return [matcher, fleet].flatMap(({ name, crashes }) =>
    crashes
      .filter((how) => !how.endsWith("exit 2"))
      .map((how) => ({ promise: "NO-CRASH", why: `the ${name} ended by itself: ${how}`, about: [] })),
  );
}
