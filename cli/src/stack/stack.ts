// The whole set-up of a muster.json on this machine: mock fleet, matcher and companions, one process each, supervised.
// `muster dev`, the demo and the end-to-end tests all stand on it.
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { makeFolder } from "@muster/kit/make-folder";
import { foreignEnvironment } from "@muster/kit/processes";
import { MusterError } from "@muster/proto";
import {
  createSupervisor,
  readMusterFile,
  type ServiceEvent,
  type ServiceSpec,
  type Supervisor,
} from "@muster/service";
import { checkQueues } from "./check-queues.ts";
import { claimPorts, type PortClaim } from "./claim-ports.ts";
import { type Companion, readCompanions } from "./companions.ts";
import { makeDataFolder } from "./data-folder.ts";
import { forgetData } from "./forget-data.ts";
import { findFreePort } from "./free-port.ts";
import { fleetAnswers, matcherAnswers, urlAnswers } from "./readiness.ts";
import { searchPathWith } from "./search-path.ts";
import { nodeFlags, serviceEntry } from "./service-entry.ts";

/** Variables of ours that no companion and no game should see: they would take them for their own. */
const OURS = [
  "MUSTER_CONFIG",
  "MUSTER_DATA",
  "MUSTER_LOG_LEVEL",
  "MUSTER_TAKE_OVER",
  "MUSTER_LEASE_MS",
  "MUSTER_SNAPSHOT_FACTS",
  "MUSTER_MATCHER_BIND",
  "MUSTER_MATCHER_HTTP",
  "MUSTER_MATCHER_ENDPOINT",
  "MUSTER_FLEET_BIND",
  "MUSTER_FLEET_HTTP",
  "MUSTER_FLEET_ENDPOINT",
  "MUSTER_FLEET_DEBUG",
  "MUSTER_FLEET_WATCHED",
  "MUSTER_ORPHAN_GRACE_MS",
  "MUSTER_EVENT_NETWORKS",
] as const;
/** A backend on the same machine may be pushed events to, without TLS. */
const LOOPBACK = "127.0.0.0/8,::1/128";
const TAIL_BYTES = 16 * 1024;
/** The fleet ends its sidecars and games in its own stop, which takes as long as they may. */
const FLEET_STOP_MS = 20_000;

export type StackOptions = {
  /** Path of muster.json. */
  readonly configPath: string;
  /** Folder of journals and logs; made if it is not there. */
  readonly dataFolder: string;
  /** Forget what earlier runs left there. Default false. */
  readonly fresh?: boolean;
  /** Default 7410. */
  readonly matcherPort?: number;
  /** Default 7420. */
  readonly fleetPort?: number;
  /** Of JSON over HTTP. Default: 7411 where the matcher has its default port, else any free one. */
  readonly matcherHttpPort?: number | undefined;
  /** As above: 7421, or any free one. */
  readonly fleetHttpPort?: number | undefined;
  /** All servers are debugged. Default: as the file says. */
  readonly debug?: boolean;
  /** What servers are started of is being changed. Default false. */
  readonly watched?: boolean;
  /** How long games wait for a fleet that is gone, in ms. Default 0. */
  readonly orphanGraceMs?: number;
  /** Told to companions. Undefined: they choose. */
  readonly playersPerSecond?: number;
  /** What services and companions inherit. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onEvent?: (event: ServiceEvent) => void;
  /** Calls the start off. */
  readonly signal?: AbortSignal;
};

/** Disposing stops companions, matcher and fleet, in this order. */
export interface Stack extends AsyncDisposable {
  readonly matcherAddress: string;
  readonly fleetAddress: string;
  /** Where the matcher's calls are JSON over HTTP, as host:port. */
  readonly matcherHttpAddress: string;
  readonly fleetHttpAddress: string;
  readonly logFolder: string;
  /** Of "matcher", "fleet" or a companion, while it runs. */
  pidOf(name: string): number | undefined;
  /** Kills what still runs, now. */
  kill(): void;
}

/**
 * Starts everything; resolves once all of it is ready. If something does not start, what did is stopped again.
 *
 * @throws {MusterError} CONFIG_INVALID for a bad file; SERVICE_NOT_READY if a port is taken or a service does not start,
 *   with the last line that it wrote.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { matcherPort = 7410, fleetPort = 7420, signal } = options;
  const file = await readMusterFile(options.configPath);
  const companions = readCompanions(file);
  checkQueues(file);
  const fleetHttpPort = options.fleetHttpPort ?? (fleetPort === 7420 ? 7421 : await findFreePort());
  const matcherHttpPort = options.matcherHttpPort ?? (matcherPort === 7410 ? 7411 : await findFreePort());
  await claimPorts([
    { port: fleetPort, who: "the mock fleet", flag: "--fleet-port" },
    { port: matcherPort, who: "the matcher", flag: "--matcher-port" },
    { port: fleetHttpPort, who: "the mock fleet's HTTP", flag: "--fleet-http-port" },
    { port: matcherHttpPort, who: "the matcher's HTTP", flag: "--matcher-http-port" },
    ...companions.flatMap(companionClaim),
  ]);
  const dataFolder = resolve(options.dataFolder);
  const logFolder = join(dataFolder, "logs");
  if (options.fresh) await forgetData(dataFolder);
  await makeDataFolder(dataFolder);
  makeFolder(logFolder);
  const fleetAddress = `127.0.0.1:${fleetPort}`;
  const matcherAddress = `127.0.0.1:${matcherPort}`;
  const fleetHttpAddress = `127.0.0.1:${fleetHttpPort}`;
  const matcherHttpAddress = `127.0.0.1:${matcherHttpPort}`;
  const addresses = { fleetAddress, matcherAddress, fleetHttpAddress, matcherHttpAddress };
  const plan: StackPlan = { options, configPath: file.path, dataFolder, logFolder, ...addresses };

  const supervisor = createSupervisor(options.onEvent ? { onEvent: options.onEvent } : {});
  const onAbort = () => void supervisor[Symbol.asyncDispose]();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    await Promise.all([start(supervisor, fleetSpec(plan)), start(supervisor, matcherSpec(plan))]);
    await Promise.all(companions.map((one) => start(supervisor, companionSpec(one, { plan, folder: file.directory }))));
  } catch (error) {
    await supervisor[Symbol.asyncDispose]();
    throw error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
  return {
    ...addresses,
    logFolder,
    pidOf: (name) => supervisor.pidOf(name),
    kill: () => supervisor.kill(),
    [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose](),
  };
}

type StackPlan = {
  readonly options: StackOptions;
  readonly configPath: string;
  readonly dataFolder: string;
  readonly logFolder: string;
  readonly fleetAddress: string;
  readonly matcherAddress: string;
  readonly fleetHttpAddress: string;
  readonly matcherHttpAddress: string;
};

function fleetSpec(plan: StackPlan): ServiceSpec {
  const variables = {
    MUSTER_FLEET_BIND: plan.fleetAddress,
    MUSTER_FLEET_HTTP: plan.fleetHttpAddress,
    MUSTER_ORPHAN_GRACE_MS: String(plan.options.orphanGraceMs ?? 0),
    ...(plan.options.debug ? { MUSTER_FLEET_DEBUG: "true" } : {}),
    ...(plan.options.watched ? { MUSTER_FLEET_WATCHED: "true" } : {}),
  };
  return {
    ...ownService("mock-fleet", { name: "fleet", plan, variables }),
    whenReady: fleetAnswers(plan.fleetAddress),
    stopMs: FLEET_STOP_MS,
  };
}

function matcherSpec(plan: StackPlan): ServiceSpec {
  const variables = {
    MUSTER_MATCHER_BIND: plan.matcherAddress,
    MUSTER_MATCHER_HTTP: plan.matcherHttpAddress,
    MUSTER_MATCHER_ENDPOINT: plan.matcherAddress,
    MUSTER_FLEET_ADDRESS: plan.fleetAddress,
    MUSTER_EVENT_NETWORKS: plan.options.env.MUSTER_EVENT_NETWORKS || LOOPBACK,
  };
  return {
    ...ownService("matcher", { name: "matcher", plan, variables }),
    whenReady: matcherAnswers(plan.matcherAddress),
  };
}

type OwnService = {
  readonly name: string;
  readonly plan: StackPlan;
  readonly variables: Readonly<Record<string, string>>;
};

function ownService(entryName: "matcher" | "mock-fleet", { name, plan, variables }: OwnService): ServiceSpec {
  const entry = serviceEntry(entryName);
  return {
    name,
    command: [process.execPath, ...nodeFlags(entry), entry.pathname],
    env: {
      ...baseEnvironment(plan),
      MUSTER_CONFIG: plan.configPath,
      MUSTER_DATA: join(plan.dataFolder, name),
      MUSTER_LOG_LEVEL: plan.options.env.MUSTER_LOG_LEVEL || "info",
      ...variables,
    },
    output: { file: logFile(plan, name) },
    ours: true,
  };
}

function companionSpec(companion: Companion, { plan, folder }: { plan: StackPlan; folder: string }): ServiceSpec {
  const { playersPerSecond } = plan.options;
  return {
    name: companion.name,
    command: companion.command,
    cwd: resolve(folder, companion.cwd ?? "."),
    env: {
      ...baseEnvironment(plan),
      MUSTER_MATCHER: plan.matcherAddress,
      MUSTER_FLEET_ADDRESS: plan.fleetAddress,
      ...companion.env,
      // A flag says more than a file.
      ...(playersPerSecond === undefined ? {} : { MUSTER_PLAYERS_PER_SECOND: String(playersPerSecond) }),
    },
    output: { file: logFile(plan, companion.name) },
    ours: false,
    ...(companion.readyUrl === undefined ? {} : { whenReady: urlAnswers(companion.readyUrl) }),
  };
}

/** Inherited by services, and through the fleet by games: `node` in a command is the Node that runs us. */
function baseEnvironment(plan: StackPlan): Record<string, string> {
  const env = foreignEnvironment(plan.options.env, OURS);
  return { ...env, PATH: searchPathWith(dirname(process.execPath), env.PATH) };
}

function logFile(plan: StackPlan, name: string): string {
  return join(plan.logFolder, `${name}.log`);
}

/** A companion whose `readyUrl` somebody else answers would seem ready, and fail. */
function companionClaim({ name, readyUrl }: Companion): readonly PortClaim[] {
  if (readyUrl === undefined) return [];
  const { hostname, port, protocol } = new URL(readyUrl);
  const isHere = hostname === "127.0.0.1" || hostname === "localhost";
  return isHere ? [{ port: Number(port) || (protocol === "https:" ? 443 : 80), who: name }] : [];
}

/** Starts one service; a failure tells what it said last, which says why better than an exit code. */
async function start(supervisor: Supervisor, spec: ServiceSpec): Promise<void> {
  const file = typeof spec.output === "object" && "file" in spec.output ? spec.output.file : undefined;
  // At once, not later: services stop in the reverse order in which they reached the supervisor.
  const before = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })?.size;
  try {
    await supervisor.start(spec);
  } catch (error) {
    if (!(error instanceof MusterError) || file === undefined) throw error;
    const said = (await readFile(file))
      .subarray(before ?? 0)
      .subarray(-TAIL_BYTES)
      .toString("utf8");
    const words = lastWords(said);
    // What is wrong with the file says it all.
    const isOfFile = words.startsWith("Cannot read $");
    const message = words === "" ? error.message : `${error.message}. It said: ${words}`;
    throw isOfFile
      ? new MusterError("SERVICE_NOT_READY", `Cannot start the ${spec.name} by ${spec.env?.MUSTER_CONFIG}: ${words}`, {
          cause: error,
        })
      : new MusterError("SERVICE_NOT_READY", `${message} (log: ${file})`, { cause: error });
  }
}

const WORDS_LINES = 8;

/** What was written for people at the end of a log; where there is nothing of that kind, its last line. */
function lastWords(said: string): string {
  const lines = said.split("\n").filter((line) => line.trim() !== "");
  const forPeople = lines.filter((line) => !line.startsWith("{")).slice(-WORDS_LINES);
  return forPeople.length > 0 ? forPeople.join("\n") : (lines.at(-1) ?? "");
}
