// Tickets a second that batches put on disk and into a pool, while nobody can be matched: each configuration is brought fewer players
// than its one match takes.
import { readCpuUs } from "../process-figures.ts";
import { openBenchStack } from "../rpc/bench-stack.ts";
import { crowdConfig, crowdName } from "../rpc/crowd-config.ts";
import { median } from "../rpc/statistics.ts";
import { connectBatchSender, encodeBatches, smallTicket } from "./batch-load.ts";

const MATCH_PLAYERS = 10_000;
const TICKETS_PER_CONFIGURATION = 9_900;
const CONFIGURATIONS_PER_ROUND = 4;
const ROUNDS = 6;

const config = crowdConfig({
  count: ROUNDS * CONFIGURATIONS_PER_ROUND,
  players: MATCH_PLAYERS,
  requestTimeoutSeconds: 3_600,
});

export async function measureBatches(): Promise<Record<string, number>> {
  await using stack = await openBenchStack(config);
  using sender = connectBatchSender(stack.matcherAddress);
  const perSecond: number[] = [];
  const cpuUs: number[] = [];
  const pid = stack.pidOf("matcher") ?? 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const tickets = Array.from({ length: CONFIGURATIONS_PER_ROUND * TICKETS_PER_CONFIGURATION }, (_, index) => {
      const configuration = round * CONFIGURATIONS_PER_ROUND + (index % CONFIGURATIONS_PER_ROUND);
      return smallTicket(crowdName(configuration), `0123456789abcdef-${round}-${index}`, 1_000 + (index % 1_000));
    });
    const batches = encodeBatches(tickets);
    const cpuBeforeUs = readCpuUs(pid);
    const tookMs = await sender.send(batches);
    if (round < 2) continue; // Code gets hot.
    perSecond.push((tickets.length / tookMs) * 1_000);
    cpuUs.push((readCpuUs(pid) - cpuBeforeUs) / tickets.length);
  }
  return { batchTicketsPerSecond: median(perSecond), batchTicketCpuUs: median(cpuUs) };
}
