// Placements a second on simulated servers, whose battles last a second: by the stream that matchers use, and by a call for each
// beside a bare echo of the same messages.
import { FleetServiceDefinition } from "@muster/proto/fleet";
import { connectBare } from "../rpc/bare-client.ts";
import { compare, figuresOf, throughputRatio } from "../rpc/compare.ts";
import { startEcho } from "../rpc/floor-process.ts";
import { runLoad } from "../rpc/load.ts";
import { median } from "../rpc/statistics.ts";
import { startFleetProcess } from "./fleet-process.ts";
import { placeAll, placementOf } from "./placement-load.ts";

const PROCESSES = 1_000;
const config = {
  fleets: [
    {
      name: "bench",
      processes: PROCESSES,
      simulated: { concurrentSessions: 40, sessionSeconds: 1, noShowRatio: 1 },
    },
  ],
  queues: [{ name: "bench", destinations: ["bench"], timeoutSeconds: 120 }],
};

/** Of one round of the stream. */
const STREAM_PLACEMENTS = 5_000;
const STREAM_ROUNDS = 5;
const UNARY = { calls: 1_000, inFlight: 64 };
const ROUNDS = { warmUps: 2, rounds: 7 };

export async function measurePlacements() {
  await using fleet = await startFleetProcess({ config, processes: PROCESSES });
  await placeAll(fleet, { run: "warm", count: STREAM_PLACEMENTS });
  const perSecond: number[] = [];
  const cpuBeforeMs = await fleet.cpuMs();
  for (let round = 0; round < STREAM_ROUNDS; round += 1) {
    const tookMs = await placeAll(fleet, { run: `s${round}`, count: STREAM_PLACEMENTS });
    perSecond.push((STREAM_PLACEMENTS / tookMs) * 1_000);
  }
  const cpuMs = (await fleet.cpuMs()) - cpuBeforeMs;
  await using echo = await startEcho();
  using ours = connectBare(fleet.address);
  using floor = connectBare(echo.address);
  const { fullName, methods } = FleetServiceDefinition;
  const blocksOn = (client: typeof ours) => {
    const startPlacement = client.unary(fullName, methods.startPlacement);
    let block = 0;
    return () => {
      block += 1;
      return runLoad(UNARY, (index) => startPlacement(placementOf(`u${block}`, index)));
    };
  };
  const unary = await compare(ROUNDS, { ours: blocksOn(ours), floor: blocksOn(floor) });
  return {
    figures: {
      placementsPerSecond: median(perSecond),
      placementCpuUs: (cpuMs * 1_000) / (STREAM_ROUNDS * STREAM_PLACEMENTS),
      ...figuresOf("startPlacement", unary),
    },
    ratios: { startPlacement: throughputRatio(unary) },
  };
}
