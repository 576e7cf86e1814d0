// Seed after seed until something goes wrong.
import { BrokenPromise } from "../checkers/checker.ts";
import { runSeed } from "../run-seed.ts";

export type Found = {
  /** The promise that was broken, or ASSERTION: production code stopped itself. Undefined: all seeds went well. */
  readonly caughtBy: string | undefined;
  readonly why: string;
  readonly seed: number;
  readonly cpuSeconds: number;
};

/** How long faults of the world go on in one seed, in ms: as `npm run sim` has it by default. */
const TROUBLE_MS = 30_000;

export async function huntFor(limits: { readonly cpuSecondsMax: number; readonly fromSeed: number }): Promise<Found> {
  const started = process.cpuUsage();
  const cpuSeconds = () => {
    const { user, system } = process.cpuUsage(started);
    return Math.round((user + system) / 1e5) / 10;
  };
  for (let seed = limits.fromSeed; ; seed += 1) {
    const { failure } = await runSeed({ seed, troubleMs: TROUBLE_MS, liveness: true, linesMax: 1 });
    if (failure !== undefined) {
      const caughtBy = failure instanceof BrokenPromise ? failure.promise : "ASSERTION";
      const why = failure instanceof Error ? failure.message : String(failure);
      return { caughtBy, why, seed, cpuSeconds: cpuSeconds() };
    }
    if (cpuSeconds() > limits.cpuSecondsMax) return { caughtBy: undefined, why: "", seed, cpuSeconds: cpuSeconds() };
  }
}
