// A mock fleet as a real process with its journal on disk, and nothing else of Muster beside it.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectFleet, type FleetConnection, findFreePort } from "@muster/cli";
import { systemClock } from "@muster/kit";
import { startProcess } from "@muster/kit/processes";
import { ProcessState } from "@muster/proto/fleet";

export interface FleetProcess extends AsyncDisposable {
  readonly address: string;
  readonly connection: FleetConnection;
  /** Resident memory now, in MB. */
  rssMb(): Promise<number>;
  /** Processor time of all its threads since its start, in ms. */
  cpuMs(): Promise<number>;
}

/** Longest wait for all its processes to be ready, in ms. */
const PATIENCE_MS = 300_000;
/** Of the kernel's clock ticks, in ms. */
const TICK_MS = 10;

/** Starts `file` with `env`; resolves once `processes` of its server processes are ready. */
export async function startFleetProcess(options: {
  readonly config: object;
  readonly processes: number;
}): Promise<FleetProcess> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "muster-bench-"));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const configPath = join(folder, "muster.json");
  await writeFile(configPath, JSON.stringify(options.config));
  const address = `127.0.0.1:${await findFreePort()}`;
  const entry = fileURLToPath(new URL("./main.ts", import.meta.resolve("@muster/mock-fleet")));
  const child = startProcess({
    command: [process.execPath, "--conditions=@muster/source", entry],
    env: {
      ...process.env,
      MUSTER_CONFIG: configPath,
      MUSTER_DATA: folder,
      MUSTER_FLEET_BIND: address,
      MUSTER_LOG_LEVEL: "warn",
    },
    output: "inherit",
    lifeline: true,
  });
  opened.defer(async () => {
    child.signalGroup("SIGTERM");
    await child.exited;
  });
  const connection = opened.use(connectFleet(address));
  await untilReady(connection, options.processes);
  const closing = opened.move();
  return {
    address,
    connection,
    rssMb: async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1_024,
    async cpuMs() {
      const fields = (await readFile(`/proc/${child.pid}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** Resolves once so many processes of the fleet are ready. */
export async function untilReady({ fleet }: FleetConnection, count: number): Promise<void> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    const processes = await fleet.describeProcesses({ includeEnded: false }).then(
      (answer) => answer.processes,
      () => [], // It does not listen yet.
    );
    if (processes.filter(({ state }) => state === ProcessState.READY).length >= count) return;
    if (patience.aborted) throw new Error(`Cannot go on as ${count} processes are not ready after ${PATIENCE_MS} ms`);
    await systemClock.sleep(100);
  }
}
