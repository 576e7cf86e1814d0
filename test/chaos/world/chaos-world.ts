// The set-up of a chaos run: matcher and fleet as real processes on free ports and a folder of their own, each behind a
// front, so that one can take the other's place while its callers keep their address.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectFleet, connectMatcher, type FleetConnection, isPortFree, type MatcherConnection } from "@muster/cli";
import { systemRandom } from "@muster/kit";
import { foreignEnvironment } from "@muster/kit/processes";
import { markRun, nothingLeft } from "../../e2e/orphans.ts";
import { type History, openHistory } from "../history/history.ts";
import { openEventReceiver } from "../load/event-receiver.ts";
import { TESTIMONY_FOLDER } from "../server/server-log.ts";
import { type Front, openFront } from "./front.ts";
import { findHostProcesses, type HostProcess } from "./host-processes.ts";
import { type KeptService, keepService } from "./kept-service.ts";
import type { LifeSpec } from "./service-life.ts";

/** Shorter than any pause that is meant to make a zombie, longer than a busy machine makes a healthy owner wait. */
export const LEASE_MS = 2_500;
/** Games outlive a fleet that is killed again and again. */
const ORPHAN_GRACE_MS = 60_000;
/** An orderly stop leaves nothing to be found out by orphans. */
const LEFTOVERS_MS = 40_000;

export interface ChaosWorld extends AsyncDisposable {
  readonly history: History;
  readonly matcher: KeptService;
  readonly fleet: KeptService;
  /** What stands between callers and matcher, sidecars and fleet, matcher and fleet. */
  readonly fronts: { readonly matcher: Front; readonly fleet: Front; readonly link: Front };
  readonly folder: string;
  readonly testimonyFolder: string;
  readonly journals: { readonly matcher: string; readonly fleet: string };
  hostProcesses(): readonly HostProcess[];
  /** A new connection to whoever is the matcher, or the fleet. To be disposed. */
  connectMatcher(): MatcherConnection;
  connectFleet(): FleetConnection;
  /** Stops everything in order. @throws {Error} naming what is left of it. */
  close(): Promise<void>;
}

export type WorldOptions = {
  /** Made if it is not there; journals, logs and the history go in. */
  readonly folder: string;
  /** Server processes of each of the three fleets. */
  readonly processes: number;
  /** Added to the environment of everything, such as a smaller threshold of something. */
  readonly env: Readonly<Record<string, string>>;
};

/** Starts everything. Whether it serves is for the caller to see. Disposing kills what `close` did not end. */
export async function openChaosWorld(options: WorldOptions): Promise<ChaosWorld> {
  await using opened = new AsyncDisposableStack();
  const { folder } = options;
  const testimonyFolder = join(folder, "testimony");
  await mkdir(testimonyFolder, { recursive: true });
  const run = markRun();
  const [mark = ""] = Object.entries(run.env).map(([name, value]) => `${name}=${value}`);
  const history = opened.use(openHistory(join(folder, "history.jsonl")));
  const matcherFront = opened.use(await openFront());
  const fleetFront = opened.use(await openFront());
  const link = opened.use(await openFront());
  const receiver = opened.use(await openEventReceiver(history, systemRandom));
  const { configPath, gamePorts } = await writeConfig(options, receiver.targets);

  const env: Record<string, string> = {
    ...foreignEnvironment(process.env, []),
    ...run.env,
    ...options.env,
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}`,
    MUSTER_LEASE_MS: String(LEASE_MS),
  };
  const specOf = (service: LifeSpec["service"], variables: Readonly<Record<string, string>>): LifeSpec => ({
    service,
    configPath,
    dataFolder: join(folder, service),
    logFile: join(folder, "logs", `${service}.log`),
    env: { ...env, ...variables },
  });
  const keep = (spec: LifeSpec, fronts: readonly Front[]) =>
    keepService({
      spec,
      fronts,
      onEvent: ({ what, pid, how }) =>
        history.add({ type: "fault", name: what, target: spec.service, detail: `${pid} ${how}`.trim() }),
    });
  const fleet = opened.use(
    keep(
      specOf("fleet", {
        MUSTER_FLEET_ENDPOINT: fleetFront.address,
        MUSTER_ORPHAN_GRACE_MS: String(ORPHAN_GRACE_MS),
        [TESTIMONY_FOLDER]: testimonyFolder,
      }),
      [fleetFront, link],
    ),
  );
  const matcher = opened.use(
    keep(
      specOf("matcher", {
        MUSTER_MATCHER_ENDPOINT: matcherFront.address,
        MUSTER_FLEET_ADDRESS: link.address,
        MUSTER_EVENT_NETWORKS: "127.0.0.0/8",
      }),
      [matcherFront],
    ),
  );

  const closing = opened.move();
  return {
    history,
    matcher,
    fleet,
    fronts: { matcher: matcherFront, fleet: fleetFront, link },
    folder,
    testimonyFolder,
    journals: { matcher: join(folder, "matcher", "matcher.sqlite"), fleet: join(folder, "fleet", "fleet.sqlite") },
    hostProcesses: () => findHostProcesses(mark),
    connectMatcher: () => connectMatcher(matcherFront.address),
    connectFleet: () => connectFleet(fleetFront.address),
    async close() {
      const ports = [matcher.life?.port, fleet.life?.port].filter((port) => port !== undefined);
      await matcher[Symbol.asyncDispose]();
      await fleet[Symbol.asyncDispose]();
      await nothingLeft(run, [...ports, ...gamePorts], LEFTOVERS_MS);
    },
    async [Symbol.asyncDispose]() {
      await closing.disposeAsync();
      for (const { pid } of findHostProcesses(mark)) process.kill(pid, "SIGKILL");
    },
  };
}

type Config = { readonly fleets: readonly object[] };

/** The muster.json of chaos runs with ports that are free here, and the server where it really is. */
async function writeConfig({ folder, processes }: WorldOptions, eventTargets: readonly object[]) {
  const here = fileURLToPath(new URL("../", import.meta.url));
  const config: Config = JSON.parse(await readFile(join(here, "muster.json"), "utf8"));
  const gamePorts: number[] = [];
  const fleets: object[] = [];
  for (const fleet of config.fleets) {
    const ports = await findPortRange(gamePorts);
    gamePorts.push(...ports);
    fleets.push({ ...fleet, processes, cwd: here, portRange: `${ports[0]}-${ports.at(-1)}` });
  }
  const configPath = join(folder, "muster.json");
  await writeFile(configPath, JSON.stringify({ ...config, fleets, eventTargets }, undefined, 2));
  return { configPath, gamePorts };
}

const RANGE_PORTS = 30;

/** Free ports in a row, below those that the system gives out by itself. */
async function findPortRange(taken: readonly number[]): Promise<readonly number[]> {
  for (;;) {
    const first = 20_000 + RANGE_PORTS * Math.floor(systemRandom.fraction() * 400);
    const ports = Array.from({ length: RANGE_PORTS }, (_, index) => first + index);
    if (ports.some((port) => taken.includes(port))) continue;
    const free = await Promise.all(ports.map((port) => isPortFree("127.0.0.1", port)));
    if (free.every(Boolean)) return ports;
  }
}
