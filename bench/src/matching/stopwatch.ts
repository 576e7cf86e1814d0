// How long something takes, and what the process works for it: on a busy machine the second says more.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

export type Taken = {
  readonly wallMs: number;
  /** User time of all threads of the process, those that collect garbage and compile included, in ms. */
  readonly userMs: number;
};

/** Starts; each call of the answer tells what was taken since. */
export function startWatch(): () => Taken {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  return () => {
    const wallMs = performance.now() - startedMs;
    return { wallMs, userMs: process.cpuUsage(before).user / 1_000 };
  };
}

let collect: (() => void) | undefined;

/** Before each measurement: what came before leaves no garbage to it. */
export function collectGarbage(): void {
  collect ??= findCollector();
  collect();
}

function findCollector(): () => void {
  setFlagsFromString("--expose-gc");
  const found: unknown = runInNewContext("gc");
  if (typeof found !== "function") throw new TypeError("Cannot collect garbage as the runtime does not offer it");
  return () => void found();
}

/** The quickest of `times` runs of `work`, whose value is the last one's. */
export function bestOf<Value>(times: number, work: () => Value): Taken & { readonly value: Value } {
  let best: (Taken & { readonly value: Value }) | undefined;
  for (let run = 0; run < times; run += 1) {
    collectGarbage();
    const watch = startWatch();
    const value = work();
    const taken = watch();
    const quickest = best && best.wallMs < taken.wallMs ? best : taken;
    best = { wallMs: quickest.wallMs, userMs: quickest.userMs, value };
  }
  if (!best) throw new RangeError("Cannot take the best of no runs");
  return best;
}
