// Many seeds over all cores, each core a process of its own, up to the first that fails.
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { GOALS } from "../goals/table.ts";
import type { SeedPlan } from "../run-seed.ts";
import { repeatCommand, type SeedReport } from "./report.ts";

export type ManySeeds = {
  readonly plan: Omit<SeedPlan, "seed">;
  readonly from: number;
  /** How many. */
  readonly seeds: number;
  /** Begins none later than this, in ms from now. */
  readonly untilMs: number;
  /** A line of JSON for each seed. */
  readonly json: boolean;
  /** Count rare situations, and fail if one was never reached. */
  readonly goals: boolean;
};

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
/** A line of progress after so many seeds. */
const PROGRESS_SEEDS = 50;

/** Answers with the exit code. */
export async function runMany({ plan, from, seeds, untilMs, json, goals }: ManySeeds): Promise<number> {
  const startedMs = performance.now();
  let next = from;
  let failed: SeedReport | undefined;
  const reached: Record<string, number> = {};
  const sum = { seeds: 0, events: 0, simulatedMs: 0, cpuMs: 0 };

  const takeSeed = (): number | undefined => {
    if (failed || next >= from + seeds || performance.now() - startedMs > untilMs) return undefined;
    next += 1;
    return next - 1;
  };
  const note = (report: SeedReport) => {
    if (json) console.log(JSON.stringify(report));
    sum.seeds += 1;
    sum.events += report.events;
    sum.simulatedMs += report.simulatedMs;
    sum.cpuMs += report.cpuMs;
    for (const [name, count] of Object.entries(report.goals ?? {})) reached[name] = (reached[name] ?? 0) + count;
    if (report.failure !== undefined) failed ??= report;
    if (!json && sum.seeds % PROGRESS_SEEDS === 0) console.log(describeSum());
  };
  const describeSum = () => {
    const { events, simulatedMs, cpuMs } = sum;
    const pace = `${Math.round((events / cpuMs) * 1_000)} events and ${Math.round(simulatedMs / cpuMs)} simulated s a CPU s`;
    return `${sum.seeds} seeds, ${(simulatedMs / 3_600_000).toFixed(1)} h simulated, ${events} events: ${pace}`;
  };
  const employ = (child: ChildProcess): Promise<void> =>
    new Promise((resolve, reject) => {
      let running: number | undefined;
      const feed = () => {
        running = takeSeed();
        if (running === undefined) child.disconnect();
        else child.send(running);
      };
      child.on("message", (message: SeedReport | "ready") => {
        if (message !== "ready") note(message);
        feed();
      });
      child.on("error", reject);
      child.on("exit", (code) => {
        if (code === 0) resolve();
        else reject(new Error(`The process of seed ${running} ended with ${code}`));
      });
    });

  const children = Array.from({ length: Math.min(availableParallelism(), seeds) }, () =>
    fork(MAIN, [...process.argv.slice(2), "--worker"]),
  );
  try {
    await Promise.all(children.map(employ));
  } finally {
    for (const child of children) child.kill();
  }
  if (failed) {
    console.error(failed.story.join("\n"));
    console.error(`Seed ${failed.seed}: ${failed.failure}\nRepeat: ${repeatCommand(failed.seed, plan)}`);
    return 1;
  }
  if (!json) console.log(describeSum());
  return goals ? tellGoals(reached) : 0;
}

/** Prints how often each goal was reached; 1 if one never was. */
function tellGoals(reached: Readonly<Record<string, number>>): number {
  for (const { name } of GOALS) console.log(`${String(reached[name] ?? 0).padStart(8)}  ${name}`);
  const missed = GOALS.filter(({ name }) => !reached[name]);
  console.log(`${GOALS.length - missed.length} of ${GOALS.length} goals reached`);
  return missed.length === 0 ? 0 : 1;
}
