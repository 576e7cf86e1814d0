// The benchmark `watchers`: what a fleet holds for those who watch its sessions while nothing happens.
import { systemClock } from "@muster/kit";
import { readMemory } from "../process-figures.ts";
import type { Report } from "../report.ts";
import { openBenchStack } from "../rpc/bench-stack.ts";
import { startFloor } from "../rpc/floor-process.ts";

import { openWatches, type WatchCount } from "./open-watches.ts";

const COUNT = 10_000;
const SHARED: WatchCount = { connections: COUNT / 100, watchesPerConnection: 100 };
const ALONE: WatchCount = { connections: COUNT, watchesPerConnection: 1 };
/** The young generation that Node gives a process by itself is most of what idle watchers seem to cost. */
const SMALL_HEAP = "--max-semi-space-size=2";
const WAYS: Readonly<Record<string, Way>> = {
  "": { count: SHARED, nodeOptions: "", arenas: "" },
  SmallHeap: { count: SHARED, nodeOptions: SMALL_HEAP, arenas: "1" },
  Alone: { count: ALONE, nodeOptions: SMALL_HEAP, arenas: "1" },
};
/** `arenas`: heaps of the C library, for MALLOC_ARENA_MAX; none: as it thinks best. */
type Way = { readonly count: WatchCount; readonly nodeOptions: string; readonly arenas: string };

/** Until garbage of the opening is collected, in ms. */
const SETTLED_MS = 10_000;

/**
 * `idleWatchers10kMb`: resident memory of a fleet, from source, with 10,000 watchers, a hundred to a connection;
 * `idleWatchersSmallHeap10kMb`: of one with a young generation of 2 MB and one heap of the C library (to reach, released: ≤ 250); `idleWatchersAlone10kMb`:
 * that, and each on a connection of its own. `…Kb`: what one of them adds; `…BareKb`: what an open stream costs a bare grpc-js
 * server of the same heap.
 */
export async function run(): Promise<Report> {
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  for (const [name, way] of Object.entries(WAYS)) {
    // What services inherit from us.
    process.env.NODE_OPTIONS = way.nodeOptions;
    if (way.arenas === "") delete process.env.MALLOC_ARENA_MAX;
    else process.env.MALLOC_ARENA_MAX = way.arenas;
    const ours = await measureFleet(way.count);
    const floor = await measureBare(way.count);
    figures[`idleWatchers${name}10kMb`] = ours.rssMb;
    figures[`idleWatcher${name}Kb`] = ours.eachKb;
    figures[`idleWatcher${name}BareKb`] = floor.eachKb;
    ratios[`idleWatcher${name}`] = ours.eachKb / floor.eachKb;
  }
  return { name: "watchers", figures, ratios };
}

type Measured = { readonly rssMb: number; readonly eachKb: number };

async function measureFleet(count: WatchCount): Promise<Measured> {
  await using stack = await openBenchStack({
    fleets: [{ name: "none", command: ["node"], processes: 0 }],
    queues: [{ name: "none", destinations: ["none"] }],
    ruleSets: {},
    configurations: [],
  });
  return await measure(stack.pidOf("fleet") ?? 0, { address: stack.fleetAddress, count });
}

async function measureBare(count: WatchCount): Promise<Measured> {
  await using bare = await startFloor(new URL("./bare-stream-server.ts", import.meta.url));
  return await measure(bare.pid, { address: bare.address, count });
}

async function measure(
  pid: number,
  { address, count }: { readonly address: string; readonly count: WatchCount },
): Promise<Measured> {
  // The first watch costs what all share.
  await using first = await openWatches(address, { connections: 1, watchesPerConnection: 1 });
  await systemClock.sleep(SETTLED_MS);
  const before = readMemory(pid).rssMb;
  await using watches = await openWatches(address, count);
  await systemClock.sleep(SETTLED_MS);
  if (watches.ended + first.ended > 0) throw new Error(`Cannot measure watchers as ${watches.ended} were ended`);
  const { rssMb } = readMemory(pid);
  return { rssMb, eachKb: ((rssMb - before) * 1_024) / COUNT };
}
