// A matcher and a mock fleet whose servers are simulated inside it, with enough of them for battles of ten that last a second.
import { connectFleet, type Stack } from "@muster/cli";
import { untilReady } from "../fleet/fleet-process.ts";
import { openBenchStack } from "../rpc/bench-stack.ts";

const PROCESSES = 1_000;

/** Five against five, `settleMs` after the first change of a pool. */
export async function openSimulatedStack({ settleMs }: { readonly settleMs: number }): Promise<Stack> {
  const stack = await openBenchStack({
    fleets: [
      {
        name: "bench",
        processes: PROCESSES,
        simulated: { concurrentSessions: 40, sessionSeconds: 1, noShowRatio: 1 },
      },
    ],
    queues: [{ name: "bench", destinations: ["bench"], timeoutSeconds: 120 }],
    ruleSets: {
      fives: {
        version: "v1.0",
        playerAttributes: [{ name: "skill", type: "number" }],
        teams: ["red", "blue"].map((name) => ({ name, minPlayers: 5, maxPlayers: 5 })),
      },
    },
    configurations: [{ name: "fives", ruleSet: "fives", queue: "bench", requestTimeoutSeconds: 600, settleMs }],
  });
  await using fleet = connectFleet(stack.fleetAddress);
  await untilReady(fleet, PROCESSES);
  return stack;
}
