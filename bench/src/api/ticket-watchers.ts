// What a matcher holds for ten thousand who watch, each a player, while nothing happens.
import type { Stack } from "@muster/cli";
import { systemClock } from "@muster/kit";
import { MatchmakingServiceDefinition, WatchTicketsRequest } from "@muster/proto/matchmaking";
import { methodPath } from "@muster/proto/rpc";
import { readCpuUs, readMemory } from "../process-figures.ts";
import { openBenchStack } from "../rpc/bench-stack.ts";
import { openWatches } from "../watchers/open-watches.ts";

const COUNT = { connections: 100, watchesPerConnection: 100 };
/** As bench/README.md says of `watchers`: what Node and the C library set aside by themselves is half of the figure. */
const SMALL = { NODE_OPTIONS: "--max-semi-space-size=2", MALLOC_ARENA_MAX: "1" } as const;
/** Until garbage of the opening is collected, in ms. */
const SETTLED_MS = 10_000;
const IDLE_MS = 10_000;

export async function measureTicketWatchers(): Promise<Record<string, number>> {
  await using stack = await openSmallStack();
  const path = methodPath(MatchmakingServiceDefinition, MatchmakingServiceDefinition.methods.watchTickets);
  const bodyOf = (watch: number) =>
    WatchTicketsRequest.encode({ ticketIds: [], configuration: "", resumeToken: "", playerId: `p${watch}` }).finish();
  await using watches = await openWatches(stack.matcherAddress, COUNT, { path, bodyOf });
  await systemClock.sleep(SETTLED_MS);
  const pid = stack.pidOf("matcher") ?? 0;
  const cpuBeforeUs = readCpuUs(pid);
  await systemClock.sleep(IDLE_MS);
  if (watches.ended > 0) throw new Error(`Cannot measure watchers as ${watches.ended} were ended`);
  return {
    watchers10kMb: readMemory(pid).rssMb,
    watchers10kIdleCpuRatio: (readCpuUs(pid) - cpuBeforeUs) / (IDLE_MS * 1_000),
  };
}

/** A stack that has inherited SMALL from us. */
async function openSmallStack(): Promise<Stack> {
  const before = Object.keys(SMALL).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, SMALL);
  try {
    return await openBenchStack({
      fleets: [{ name: "none", command: ["node"], processes: 0 }],
      queues: [{ name: "none", destinations: ["none"] }],
      ruleSets: {},
      configurations: [],
    });
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
