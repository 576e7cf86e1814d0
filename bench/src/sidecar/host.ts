// Twenty of them on one host: what they share costs once.
import { systemClock } from "@muster/kit";
import { readMemory } from "../process-figures.ts";
import type { Contender } from "./contenders.ts";
import { figureName, type Measured } from "./measured.ts";
import { type ContenderEnvironment, type RunningContender, startContender } from "./running-contender.ts";

const COUNT = 20;
const SETTLED_MS = 5_000;

/** `pssOf20Mb`: what each of twenty holds, started at once and left alone. `startOf20Ms`: until the last of them has answered. */
export async function measureHost(
  contenders: readonly Contender[],
  environment: ContenderEnvironment,
): Promise<Measured> {
  const figures: Record<string, number> = {};
  for (const contender of contenders) {
    await using opened = new AsyncDisposableStack();
    const startedMs = performance.now();
    const started = await Promise.allSettled(
      Array.from({ length: COUNT }, () => startContender(contender, environment)),
    );
    const running = started.map((one): RunningContender => {
      if (one.status === "rejected") throw one.reason;
      return opened.use(one.value);
    });
    figures[figureName("startOf20Ms", contender.name)] = performance.now() - startedMs;
    await systemClock.sleep(SETTLED_MS);
    const sum = running.reduce((total, { pid }) => total + readMemory(pid).pssMb, 0);
    figures[figureName("pssOf20Mb", contender.name)] = sum / COUNT;
  }
  return { figures, ratios: {} };
}
