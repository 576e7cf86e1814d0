// What the sidecar's own work costs a call: calls that it answers by itself, from the picture that it keeps, beside the same
// messages answered by servers that look nothing up.
import { DescribePlayerSessionsRequest } from "@muster/proto/sdk";
import { readCpuUs, readMemory } from "../process-figures.ts";
import { runLoad } from "../rpc/load.ts";
import { median, medianRatio } from "../rpc/statistics.ts";
import type { Contender } from "./contenders.ts";
import { figureName, type Measured } from "./measured.ts";
import {
  type ContenderEnvironment,
  describePlayerSessions,
  type RunningContender,
  startContender,
} from "./running-contender.ts";
import { SEAT_ID } from "./still-fleet.ts";

const LOAD = { calls: 4_000, inFlight: 64 };
const ROUNDS = { warmUps: 3, rounds: 9 };
/** How often memory is looked at under load, in calls. */
const LOOK_CALLS = 500;

type Block = { readonly cpuUs: number; readonly rssMb: number };
type Name = Exclude<Contender["name"], "source">;

/**
 * DescribePlayerSessions of one seat, with its token, 64 in flight. `cpuUsPerCall`: processor time of the server, all its
 * threads. `rssLoadMb`: the most that was resident under that load.
 */
export async function measureCalls(
  contenders: readonly Contender[],
  environment: ContenderEnvironment,
): Promise<Measured> {
  await using opened = new AsyncDisposableStack();
  const servers: RunningContender[] = [];
  for (const contender of contenders) {
    if (contender.name !== "source") servers.push(opened.use(await startContender(contender, environment)));
  }
  const rounds: Record<Name, Block>[] = [];
  for (let index = 0; index < ROUNDS.warmUps + ROUNDS.rounds; index += 1) {
    const order = servers.map((_, place) => servers[(place + index) % servers.length] as RunningContender);
    const blocks = [];
    for (const server of order) blocks.push([server.name, await loadOnce(server)]);
    if (index >= ROUNDS.warmUps) rounds.push(Object.fromEntries(blocks));
  }
  const figures: Record<string, number> = {};
  for (const name of ["sidecar", "grpc", "http2"] as const) {
    figures[figureName("cpuUsPerCall", name)] = median(rounds.map((round) => round[name].cpuUs));
    figures[figureName("rssLoadMb", name)] = Math.max(...rounds.map((round) => round[name].rssMb));
  }
  const localCpu = medianRatio(
    rounds,
    (round) => round.sidecar.cpuUs,
    (round) => round.grpc.cpuUs,
  );
  return { figures, ratios: { localCpu } };
}

async function loadOnce({ pid, client }: RunningContender): Promise<Block> {
  const describe = describePlayerSessions(client);
  const request = { ...DescribePlayerSessionsRequest.decode(new Uint8Array()), playerSessionId: SEAT_ID };
  let rssMb = 0;
  const before = readCpuUs(pid);
  await runLoad(LOAD, async (index) => {
    const { playerSessions } = await describe(request);
    if (playerSessions.length !== 1) throw new Error("Cannot compare the calls as one was answered without the seat");
    if (index % LOOK_CALLS === 0) rssMb = Math.max(rssMb, readMemory(pid).rssMb);
  });
  return { cpuUs: (readCpuUs(pid) - before) / LOAD.calls, rssMb };
}
