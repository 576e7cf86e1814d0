// How soon a sidecar answers after its process was started, and what it holds when it has nothing to do.
import { systemClock } from "@muster/kit";
import { readCpuUs, readMemory } from "../process-figures.ts";
import { median, medianRatio } from "../rpc/statistics.ts";
import type { Contender } from "./contenders.ts";
import { figureName, type Measured } from "./measured.ts";
import { type ContenderEnvironment, startContender } from "./running-contender.ts";

const ROUNDS = 9;
/** After its first answer, until nothing of the start goes on, in ms. */
const SETTLED_MS = 3_000;

type Start = { readonly firstReplyMs: number; readonly rssMb: number; readonly cpuMs: number };

/**
 * `firstReplyMs`: from the start of the process to its first answer, median; `firstReplyBestMs`: the best. `startCpuMs`: processor
 * time until it has settled, which other work on the machine hardly changes. `rssIdleMb`: resident memory then.
 */
export async function measureStarts(
  contenders: readonly Contender[],
  environment: ContenderEnvironment,
): Promise<Measured> {
  const rounds: Record<Contender["name"], Start>[] = [];
  for (let index = 0; index < ROUNDS; index += 1) {
    const starts = [];
    // In turn, the first one another in each round.
    const order = contenders.map((_, place) => contenders[(place + index) % contenders.length] as Contender);
    for (const contender of order) starts.push([contender.name, await start(contender, environment)]);
    rounds.push(Object.fromEntries(starts));
  }
  const figures: Record<string, number> = {};
  for (const { name } of contenders) {
    const of = (figure: keyof Start) => rounds.map((round) => round[name][figure]);
    figures[figureName("firstReplyMs", name)] = median(of("firstReplyMs"));
    figures[figureName("firstReplyBestMs", name)] = Math.min(...of("firstReplyMs"));
    figures[figureName("startCpuMs", name)] = median(of("cpuMs"));
    figures[figureName("rssIdleMb", name)] = median(of("rssMb"));
  }
  const ratio = (figure: keyof Start) =>
    medianRatio(
      rounds,
      (round) => round.sidecar[figure],
      (round) => round.grpc[figure],
    );
  return { figures, ratios: { firstReply: ratio("firstReplyMs"), rssIdle: ratio("rssMb") } };
}

async function start(contender: Contender, environment: ContenderEnvironment): Promise<Start> {
  await using running = await startContender(contender, environment);
  await systemClock.sleep(SETTLED_MS);
  const cpuMs = readCpuUs(running.pid) / 1_000;
  return { firstReplyMs: running.firstReplyMs, rssMb: readMemory(running.pid).rssMb, cpuMs };
}
