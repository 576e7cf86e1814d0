// What a matcher holds for ten thousand who watch, each a player, while nothing happens.
import { systemClock } from "@muster/kit";
import { MatchmakingServiceDefinition, WatchTicketsRequest } from "@muster/proto/matchmaking";
import { methodPath } from "@muster/proto/rpc";
import { readCpuUs, readMemory } from "../process-figures.ts";
import { openBenchStack } from "../rpc/bench-stack.ts";
import { openWatches } from "../watchers/open-watches.ts";

const COUNT = { connections: 100, watchesPerConnection: 100 };
/** As bench/README.md says of `watchers`: without it Node's young generation is a third of the figure. */
const SMALL_HEAP = "--max-semi-space-size=2";
/** Until garbage of the opening is collected, in ms. */
const SETTLED_MS = 10_000;
const IDLE_MS = 10_000;

export async function measureTicketWatchers(): Promise<Record<string, number>> {
  const before = process.env.NODE_OPTIONS;
  process.env.NODE_OPTIONS = SMALL_HEAP; // What services inherit from us.
  await using stack = await openBenchStack({
    fleets: [{ name: "none", command: ["node"], processes: 0 }],
    queues: [{ name: "none", destinations: ["none"] }],
    ruleSets: {},
    configurations: [],
  });
  if (before === undefined) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = before;
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
