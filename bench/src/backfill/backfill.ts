// The benchmark `backfill`: from a freed seat to the server that hears of the newcomer, through real processes and sockets, beside
// a bare grpc-js echo of the same run.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemRandom } from "@muster/kit";
import { newId } from "@muster/proto";
import { noProperties } from "@muster/proto/matchmaking";
import { GameServerServiceDefinition } from "@muster/proto/sdk";
import { measureFdatasync } from "../journal/fdatasync-floor.ts";
import { measureInProcess } from "../matching/measure-in-process.ts";
import { reportBackfills } from "../matching/report-waiting.ts";
import { fullSizes } from "../matching/sizes.ts";
import type { BenchOptions, Report } from "../report.ts";
import { connectBare } from "../rpc/bare-client.ts";
import { startEcho } from "../rpc/floor-process.ts";
import { runLoad } from "../rpc/load.ts";
import { percentile } from "../rpc/statistics.ts";
import { CROWD, type Lane, openRefillWorld, type Refill, type RefillWorld } from "./refill-world.ts";

const WARM_UPS = 50;
const REFILLS = 400;
/** On a busy system: battles whose seats are freed again as soon as they are taken … */
const BUSY_LANES = 8;
/** … and so many tickets a second that come and are taken back. */
const BUSY_TICKETS_PER_SECOND = 200;
const ECHO_CALLS = 1_000;
const COMMITS = 200;
/** Of the records of one commit. */
const COMMIT_BYTES = 500;
/** What a refill takes one after the other: the freed seat, the decision, the fill. */
const COMMITS_PER_REFILL = 3;

/**
 * `refillP50Ms`, `refillP99Ms`: one battle, one seat at a time, nothing else going on; `refillBusy…`: the same beside the load
 * above. Each is also cut into hops, as medians: `…Freeing…` game → sidecar → fleet, which keeps it; `…Filling…` fleet → matcher,
 * which decides and keeps it, → fleet, which keeps it; `…Telling…` fleet → sidecar → game. Where hops end is seen by a watch in this
 * process, which a busy machine keeps waiting as well. Floors: one unary call of a bare echo from this process, one at a time
 * (`echo…`), and what the disk takes for a write and its fdatasync (`commitMs`, right before and after the idle refills). A refill is
 * four calls and three commits one after the other: the freed seat, that the backfill searches again together with whom it found,
 * and the fill. `refillP50ToCommits` divides by three.
 * `backfill100kMs` and what belongs to it is as in `matching`. Parts: refill, 100k.
 */
export async function run({ only }: BenchOptions): Promise<Report> {
  const refills = only === undefined || only === "refill" ? await reportRefills() : { figures: {}, ratios: {} };
  const many =
    only === undefined || only === "100k"
      ? await reportBackfills(measureInProcess, fullSizes)
      : { figures: {}, ratios: {} };
  return {
    name: "backfill",
    figures: { ...refills.figures, ...many.figures },
    ratios: { ...refills.ratios, ...many.ratios },
  };
}

async function reportRefills() {
  await using world = await openRefillWorld();
  const lane = await world.openLane("measured");
  await measure(lane, WARM_UPS);
  const echoMs = await measureEcho();
  const commitBeforeMs = await measureCommit();
  const idle = await measure(lane, REFILLS);
  const commitMs = (commitBeforeMs + (await measureCommit())) / 2;
  const busy = await besideLoad(world, () => measure(lane, REFILLS));
  const totals = (refills: readonly Refill[]) => refills.map(({ totalMs }) => totalMs);
  const [echoP50Ms, echoP99Ms] = [percentile(echoMs, 0.5), percentile(echoMs, 0.99)];
  const figures = {
    ...figuresOf("refill", idle),
    ...figuresOf("refillBusy", busy),
    echoP50Ms,
    echoP99Ms,
    commitMs,
  };
  return {
    figures,
    ratios: {
      refillP50: percentile(totals(idle), 0.5) / echoP50Ms,
      refillP50ToCommits: percentile(totals(idle), 0.5) / (COMMITS_PER_REFILL * commitMs),
      refillP99: percentile(totals(idle), 0.99) / echoP99Ms,
      refillBusyP99: percentile(totals(busy), 0.99) / echoP99Ms,
    },
  };
}

async function measure(lane: Lane, count: number): Promise<readonly Refill[]> {
  const refills: Refill[] = [];
  while (refills.length < count) refills.push(await lane.refill());
  return refills;
}

/** Runs `work` while other battles are refilled and tickets come and go. */
async function besideLoad<Value>(world: RefillWorld, work: () => Promise<Value>): Promise<Value> {
  let isOver = false;
  const lanes = await Promise.all(Array.from({ length: BUSY_LANES }, (_, index) => world.openLane(`busy-${index}`)));
  const churn = async (lane: Lane) => {
    while (!isOver) await lane.refill();
  };
  const crowd = async () => {
    const calls = new Set<Promise<unknown>>();
    while (!isOver) {
      const call = comeAndGo(world).finally(() => calls.delete(call));
      calls.add(call);
      await systemClock.sleep(1_000 / BUSY_TICKETS_PER_SECOND);
    }
    await Promise.all(calls);
  };
  const load = Promise.all([...lanes.map(churn), crowd()]);
  const value = await Promise.race([work(), load.then(() => Promise.reject(new Error("Cannot go on without load")))]);
  isOver = true;
  await load;
  return value;
}

async function comeAndGo({ matcher }: RefillWorld): Promise<void> {
  const ticketId = newId("ticket", systemRandom);
  const players = [{ playerId: `crowd-${ticketId}`, attributes: {}, latenciesMs: {}, team: "" }];
  await matcher.startMatching({ ...noProperties, configuration: CROWD, ticketId, players });
  await matcher.cancelMatching({ ticketId });
}

/** A small write and its fdatasync, on the disk where the journals lie, in ms. */
async function measureCommit(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "muster-bench-"));
  try {
    const groupsBytes = Array.from({ length: COMMITS }, () => COMMIT_BYTES);
    return 1_000 / measureFdatasync(folder, { groupsBytes, appends: COMMITS });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measureEcho(): Promise<readonly number[]> {
  await using echo = await startEcho();
  using client = connectBare(echo.address);
  const { fullName, methods } = GameServerServiceDefinition;
  const accept = client.unary(fullName, methods.acceptPlayerSession);
  const requestOf = (index: number) => ({
    playerSessionId: `ps_${String(index).padStart(26, "0")}`,
    requestId: `req_0123456789abcdef-${String(index).padStart(8, "0")}`,
    reconnectSecret: "",
  });
  const call = (index: number) => accept(requestOf(index));
  await runLoad({ calls: ECHO_CALLS, inFlight: 1 }, call); // Not counted: code gets hot.
  return (await runLoad({ calls: ECHO_CALLS, inFlight: 1 }, call)).latenciesMs;
}

function figuresOf(name: string, refills: readonly Refill[]): Readonly<Record<string, number>> {
  const of = (part: keyof Refill) => refills.map((refill) => refill[part]);
  return {
    [`${name}P50Ms`]: percentile(of("totalMs"), 0.5),
    [`${name}P99Ms`]: percentile(of("totalMs"), 0.99),
    [`${name}FreeingP50Ms`]: percentile(of("freeingMs"), 0.5),
    [`${name}FillingP50Ms`]: percentile(of("fillingMs"), 0.5),
    [`${name}TellingP50Ms`]: percentile(of("tellingMs"), 0.5),
  };
}
