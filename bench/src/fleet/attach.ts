// An attach storm: as after a restart of the fleet, ten thousand sidecars come at once, each on a connection of its own, and say
// that they are ready.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSimulatedHost } from "@muster/mock-fleet/testing";
import { grpcNetwork } from "@muster/proto/grpc";
import { startFloor } from "../rpc/floor-process.ts";

const SIDECARS = 10_000;

type Launch = Pick<Parameters<typeof createSimulatedHost>[0]["launch"], "processId" | "incarnation" | "secret">;

export async function measureAttach() {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "muster-bench-"));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "launches.json");
  const fleet = opened.use(await startFloor(new URL("./attach-fleet.ts", import.meta.url), [`${SIDECARS}`, file]));
  const launches = JSON.parse(await readFile(file, "utf8")) as readonly Launch[];
  const startedMs = performance.now();
  const hosts = launches.map((launch) =>
    createSimulatedHost({
      network: grpcNetwork,
      launch: { ...launch, hostAddress: fleet.address, fleet: { name: "bench" } },
      ready: false,
    }),
  );
  await Promise.all(
    hosts.map(async (host) => {
      await host.until(() => host.welcomes.length > 0 || host.lastError !== undefined);
      if (host.lastError) throw host.lastError;
      await host.command({ $case: "processReady", value: { ports: {}, concurrentSessions: 1 } });
    }),
  );
  const attach10kSeconds = (performance.now() - startedMs) / 1_000;
  for (const host of hosts) host.die();
  return { attach10kSeconds };
}
