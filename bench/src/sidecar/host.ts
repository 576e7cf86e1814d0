// Twenty of them on one host: what they share costs once.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@muster/kit";
import { readMemory } from "../process-figures.ts";
import type { Contender } from "./contenders.ts";
import { figureName, type Measured } from "./measured.ts";
import { type ContenderEnvironment, type RunningContender, startContender } from "./running-contender.ts";

const COUNT = 20;
const SETTLED_MS = 5_000;

/**
 * `pssOf20Mb`: what each of twenty holds, started at once and left alone. `startOf20Ms`: until the last of them has answered.
 * `rssOf20GamesMb`: resident memory of one sidecar process that attends twenty games.
 */
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
    if (contender.name === "sidecar") figures.rssOf20GamesMb = await measureGames(contender, environment);
  }
  return { figures, ratios: {} };
}

async function measureGames(contender: Contender, environment: ContenderEnvironment): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "muster-bench-"));
  try {
    const others = Array.from({ length: COUNT - 1 }, (_, index) => ({
      env: {
        MUSTER_PROCESS_ID: `proc_${index}`,
        MUSTER_PROCESS_SECRET: `bench ${index}`,
        MUSTER_SIDECAR_BIND: "127.0.0.1:0",
      },
    }));
    const file = join(folder, "games.json");
    // The first has the variables of the process.
    await writeFile(file, JSON.stringify([{ env: {} }, ...others]));
    await using running = await startContender(
      { ...contender, args: [...contender.args, "--games", file] },
      environment,
    );
    await systemClock.sleep(SETTLED_MS);
    return readMemory(running.pid).rssMb;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
