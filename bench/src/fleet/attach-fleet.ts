// A fleet whose processes are somewhere else, as a process of its own: it writes down what a sidecar of each needs, then prints
// where it listens. `node attach-fleet.ts PROCESSES FILE`
import { writeFileSync } from "node:fs";
import { createMemoryJournal } from "@muster/journal";
import { systemClock, systemRandom } from "@muster/kit";
import { watchLifeline } from "@muster/kit/processes";
import { createMockFleet, parseFleetConfig, type ServerLaunch } from "@muster/mock-fleet";
import { serveGrpc } from "@muster/proto/grpc";
import { silentLog } from "@muster/service";

const [count = "10", file = ""] = process.argv.slice(2);
const launches: Pick<ServerLaunch, "processId" | "incarnation" | "secret" | "attachGeneration">[] = [];
const launched = Promise.withResolvers<void>();
const parsed = parseFleetConfig({
  ...{ path: "/muster.json", directory: "/" },
  sections: {
    fleets: [{ name: "bench", processes: Number(count), simulated: {} }],
    queues: [{ name: "bench", destinations: ["bench"] }],
  },
});
const fleet = await createMockFleet({
  // Its processes are not simulated inside, but said to be elsewhere.
  config: {
    ...parsed,
    fleets: parsed.fleets.map((spec) => ({ ...spec, simulated: undefined, portRange: { first: 1_024, last: 65_535 } })),
  },
  ...{ journal: createMemoryJournal(), clock: systemClock, random: systemRandom, hostAddress: "", log: silentLog },
  onFatal: (error) => {
    throw error;
  },
  processes: {
    start({ processId, incarnation, secret, attachGeneration }) {
      launches.push({ processId, incarnation, secret, attachGeneration });
      if (launches.length === Number(count)) launched.resolve();
      return { exited: new Promise(() => undefined), terminate: () => undefined, kill: () => undefined };
    },
    sweep: () => undefined,
    afflict: () => undefined,
    forget: () => undefined,
    async *readLog() {
      // Nothing is printed.
    },
  },
});
await launched.promise;
writeFileSync(file, JSON.stringify(launches));
const listening = await serveGrpc({ bind: "127.0.0.1:0", services: fleet.services });
console.log(listening.address);
watchLifeline(process.env).addEventListener("abort", () => process.exit(0));
