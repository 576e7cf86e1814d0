// A process that runs the seeds that its parent names, one after another, and reports each.
import { createGoalCounter } from "../goals/table.ts";
import { runSeed, type SeedPlan } from "../run-seed.ts";
import { describeFailure, type SeedReport } from "./report.ts";

/** Resolves when the parent has no more. */
export function work(plan: Omit<SeedPlan, "seed">, countsGoals: boolean): Promise<number> {
  // Where something was called off says nothing here, and costs as much as all the rest: a failing seed is run again.
  Error.stackTraceLimit = 0;
  const run = async (seed: number) => {
    const started = process.cpuUsage();
    const goals = countsGoals ? createGoalCounter() : undefined;
    const { story, ...result } = await runSeed({ ...plan, seed, ...(goals && { onlookers: [goals] }) });
    const { user, system } = process.cpuUsage(started);
    const failure = describeFailure(result.failure);
    const report: SeedReport = {
      seed,
      ...result,
      ...(goals && { goals: goals.counts }),
      failure,
      cpuMs: (user + system) / 1_000,
      story: failure === undefined ? [] : story,
    };
    process.send?.(report);
  };
  return new Promise((resolve, reject) => {
    process.on("message", (seed: number) => void run(seed).catch(reject));
    process.on("disconnect", () => resolve(0));
    process.send?.("ready");
  });
}
