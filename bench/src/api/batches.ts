// Tickets a second that batches put on disk and into a pool, while nobody can be matched: each configuration is brought fewer players
// than its one match takes.
import { readCpuUs } from "../process-figures.ts";
import { openBenchStack } from "../rpc/bench-stack.ts";
import { median } from "../rpc/statistics.ts";
import { connectBatchSender, encodeBatches, smallTicket } from "./batch-load.ts";

const MATCH_PLAYERS = 10_000;
const TICKETS_PER_CONFIGURATION = 9_900;
const CONFIGURATIONS_PER_ROUND = 4;
const ROUNDS = 6;

const config = {
  fleets: [{ name: "none", command: ["node"], processes: 0 }],
  queues: [{ name: "none", destinations: ["none"] }],
  ruleSets: {
    crowd: {
      version: "v1.0",
      playerAttributes: [{ name: "skill", type: "number" }],
      teams: [{ name: "all", minPlayers: MATCH_PLAYERS, maxPlayers: MATCH_PLAYERS }],
    },
  },
  configurations: Array.from({ length: ROUNDS * CONFIGURATIONS_PER_ROUND }, (_, index) => ({
    ...{ name: `crowd-${index}`, ruleSet: "crowd", queue: "none", requestTimeoutSeconds: 3_600 },
  })),
};

export async function measureBatches(): Promise<Record<string, number>> {
  await using stack = await openBenchStack(config);
  using sender = connectBatchSender(stack.matcherAddress);
  const perSecond: number[] = [];
  const cpuUs: number[] = [];
  const pid = stack.pidOf("matcher") ?? 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const tickets = Array.from({ length: CONFIGURATIONS_PER_ROUND * TICKETS_PER_CONFIGURATION }, (_, index) => {
      const configuration = round * CONFIGURATIONS_PER_ROUND + (index % CONFIGURATIONS_PER_ROUND);
      return smallTicket(`crowd-${configuration}`, `0123456789abcdef-${round}-${index}`, 1_000 + (index % 1_000));
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
