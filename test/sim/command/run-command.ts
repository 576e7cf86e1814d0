// What each option of `npm run sim` does. Answers with the exit code: 0 if every promise was kept.
import { runBank } from "../bugs/run-bank.ts";
import { runSeed, type SeedPlan } from "../run-seed.ts";
import { describeFailure, type SeedReport, summarise } from "./report.ts";
import { runMany } from "./run-many.ts";
import { runReference } from "./run-reference.ts";
import { work } from "./worker.ts";

export type CommandOptions = {
  /** Repeat this one, and print its story. */
  readonly seed?: string | undefined;
  /** Run so many, from `from` on. */
  readonly seeds?: string | undefined;
  /** Run seeds until so many hours of the wall clock have passed. */
  readonly hours?: string | undefined;
  readonly from: string;
  /** Simulated time with faults, of each seed. */
  readonly seconds: string;
  readonly mode: string;
  readonly reference: boolean;
  readonly json: boolean;
  /** Run the seeds that a parent process names. */
  readonly worker: boolean;
  /** The planted fault that the sources carry. */
  readonly plant?: string | undefined;
  /** Plant every fault of the bank in turn. */
  readonly bank: boolean;
  /** Count rare situations; each must be reached. */
  readonly goals: boolean;
  /** CPU minutes that a fault of the bank may take to be found. */
  readonly minutes: string;
};

/** Lines of one story, all of them: a minute of a small world has some ten thousand. */
const LINES_MAX = 1_000_000;

/** @throws {RangeError} for an option that says nothing. */
export async function runCommand(options: CommandOptions): Promise<number> {
  const plan = readPlan(options);
  if (options.worker) return await work(plan, options.goals);
  if (options.bank) return await tellBank(readCount("minutes", options.minutes));
  if (options.reference) return await runReference(options);
  if (options.seed !== undefined) return await tellSeed(options, plan);
  const seeds = options.hours === undefined ? readCount("seeds", options.seeds ?? "20") : Number.POSITIVE_INFINITY;
  const untilMs = Number(options.hours ?? Number.POSITIVE_INFINITY) * 3_600_000;
  return await runMany({
    plan,
    from: readCount("from", options.from),
    seeds,
    untilMs,
    json: options.json,
    goals: options.goals,
  });
}

/** Every planted fault must be found. */
async function tellBank(minutes: number): Promise<number> {
  const rows = await runBank(minutes * 60, ({ name, caughtBy, seed, cpuSeconds, why }) => {
    const how = caughtBy === undefined ? `NOT FOUND in ${seed} seeds` : `${caughtBy}, seed ${seed}`;
    console.log(`${name}: ${how}, ${cpuSeconds} CPU s${why === "" ? "" : ` (${why})`}`);
  });
  const missed = rows.filter((row) => row.caughtBy === undefined);
  console.log(`${rows.length - missed.length} of ${rows.length} planted faults found`);
  return missed.length === 0 ? 0 : 1;
}

function readPlan({ seconds, mode }: CommandOptions): Omit<SeedPlan, "seed"> {
  if (mode !== "safety" && mode !== "liveness") throw new RangeError(`Cannot run in mode ${mode}: safety or liveness`);
  return { troubleMs: readCount("seconds", seconds) * 1_000, liveness: mode === "liveness" };
}

function readCount(option: string, text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new RangeError(`Cannot read --${option} as a whole number from 1: it is ${text}`);
}

/** Runs one seed and prints all that happened. */
async function tellSeed(options: CommandOptions, plan: Omit<SeedPlan, "seed">): Promise<number> {
  const seed = readCount("seed", options.seed ?? "");
  const started = process.cpuUsage();
  const { story, ...result } = await runSeed({ ...plan, seed, linesMax: LINES_MAX });
  const { user, system } = process.cpuUsage(started);
  const report: SeedReport = {
    seed,
    ...result,
    failure: describeFailure(result.failure),
    cpuMs: (user + system) / 1_000,
    story: [],
  };
  if (options.json) console.log(JSON.stringify(report));
  else {
    console.log(story.join("\n"));
    console.log(summarise(report));
  }
  if (result.failure !== undefined) console.error(result.failure);
  return result.failure === undefined ? 0 : 1;
}
