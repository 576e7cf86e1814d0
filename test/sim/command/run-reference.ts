// How fast the simulator is, on a world that the README describes: nothing fails in it, all checkers look on.
import { runSeed } from "../run-seed.ts";
import { REFERENCE } from "../world/knobs.ts";
import { describeFailure } from "./report.ts";

/** Simulated time before the measured one, in ms: a program that has just started is slow. */
const WARM_UP_MS = 1_800_000;
const MEASURED_MS = 14_400_000;

/** Answers with the exit code: 0 if no promise was broken. */
export async function runReference({ json }: { readonly json: boolean }): Promise<number> {
  Error.stackTraceLimit = 0;
  const run = (seed: number, troubleMs: number) => runSeed({ seed, troubleMs, liveness: false, knobs: REFERENCE });
  await run(1, WARM_UP_MS);
  const started = process.cpuUsage();
  const { events, simulatedMs, failure } = await run(2, MEASURED_MS);
  const { user, system } = process.cpuUsage(started);
  const cpuMs = (user + system) / 1_000;
  const figures = {
    simulatedHours: simulatedMs / 3_600_000,
    cpuSeconds: cpuMs / 1_000,
    simulatedHoursPerCpuHour: Math.round(simulatedMs / cpuMs),
    checkedEventsPerCpuSecond: Math.round((events / cpuMs) * 1_000),
    failure: describeFailure(failure),
  };
  if (json) console.log(JSON.stringify(figures));
  else for (const [name, value] of Object.entries(figures)) if (value !== undefined) console.log(`${name} ${value}`);
  return failure === undefined ? 0 : 1;
}
