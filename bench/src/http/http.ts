// The benchmark `http`: what a call costs through our adapter, beside a bare node:http echo of the same JSON in the same run; and
// what neighbours feel of hostile bodies.
import type { BenchOptions, Report } from "../report.ts";
import { compare, figuresOf, p99Ratio, throughputRatio } from "../rpc/compare.ts";
import { startFloor } from "../rpc/floor-process.ts";
import { runLoad } from "../rpc/load.ts";
import { measureHostile, START_MATCHING } from "./hostile.ts";
import { type JsonCaller, openCaller } from "./post-json.ts";
import { ticketBody } from "./ticket-request.ts";

const LOAD = { calls: 2_000, inFlight: 64 };
const ROUNDS = { warmUps: 2, rounds: 9 };
const SERVER = new URL("./echo-server.ts", import.meta.url);

/**
 * `adapter`: calls a second with 64 in flight through serveHttp, whose handler decides nothing, ÷ the bare echo's; `adapterP99` its
 * 99th percentile ÷ the echo's. `hostile…P99`: the 99th percentile of eight neighbours' calls beside two callers who send one body of
 * a kind after another ÷ without them (to reach for: 2). `hostile…BlockMs`: the longest block of the event loop meanwhile (20 ms).
 * Parts: adapter, hostile.
 */
export async function run({ only }: BenchOptions): Promise<Report> {
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  await using adapter = await startFloor(SERVER, ["adapter"]);
  if (only === undefined || only === "adapter") {
    await using bare = await startFloor(SERVER, ["bare"]);
    using ours = openCaller(adapter.address, LOAD.inFlight);
    using floor = openCaller(bare.address, LOAD.inFlight);
    const rounds = await compare(ROUNDS, { ours: blocksOf(ours), floor: blocksOf(floor) });
    Object.assign(figures, figuresOf("adapter", rounds));
    Object.assign(ratios, { adapter: throughputRatio(rounds), adapterP99: p99Ratio(rounds) });
  }
  if (only === undefined || only === "hostile") {
    const { quietP99Ms, attackedP99Ms, longestBlockMs } = await measureHostile(adapter.address);
    figures.hostileQuietP99Ms = quietP99Ms;
    for (const [name, p99Ms] of Object.entries(attackedP99Ms)) {
      const kind = `hostile${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      figures[`${kind}BlockMs`] = longestBlockMs[name] ?? Number.NaN;
      ratios[`${kind}P99`] = p99Ms / quietP99Ms;
    }
  }
  return { name: "http", figures, ratios };
}

function blocksOf(caller: JsonCaller) {
  let sent = 0;
  const call = () => {
    sent += 1;
    return caller.post(START_MATCHING, ticketBody("duel", sent));
  };
  return () => runLoad(LOAD, call);
}
