// Server processes on this machine: a sidecar of ours each, started by this very Node, which starts the game in turn.
import { readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Clock } from "@muster/kit";
import { foreignEnvironment, isAlive, readProcessStart, signalGroup, startProcess } from "@muster/kit/processes";
import type { ProcessId } from "@muster/proto";
import type { Blow, RunningServer, ServerLaunch, ServerProcesses } from "./ports.ts";

export type NodeProcessesOptions = {
  /** Folder of the logs and state files of processes. */
  readonly folder: string;
  readonly orphanGraceMs: number;
  readonly matchers: string;
  /** What sidecars and games inherit, without what is the fleet's own. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** More variables that neither of them inherits: those that hold the fleet's keys. Default none. */
  readonly withheld?: readonly string[];
  readonly clock: Clock;
};

/** Variables of the fleet that are none of a sidecar's or game's business. */
const OURS = [
  "MUSTER_CONFIG",
  "MUSTER_DATA",
  "MUSTER_FLEET_BIND",
  "MUSTER_FLEET_HTTP",
  "MUSTER_HTTP_ORIGINS",
  "MUSTER_SIDECAR_HTTP",
  "MUSTER_FLEET_ENDPOINT",
  "MUSTER_FLEET_DEBUG",
  "MUSTER_FLEET_WATCHED",
  "MUSTER_TAKE_OVER",
  "MUSTER_LEASE_MS",
  "MUSTER_SNAPSHOT_FACTS",
  "MUSTER_UNSAFE_LISTEN",
  "MUSTER_KEY",
  "MUSTER_FLEET_KEY",
  // Its own certificate; which authorities count is the sidecar's business too.
  "MUSTER_TLS_CERT",
  "MUSTER_TLS_KEY",
];
/** How often a followed log is looked at, in ms. */
const FOLLOW_MS = 100;
const CHUNK_BYTES = 64 * 1024;

export function createNodeProcesses(options: NodeProcessesOptions): ServerProcesses {
  const logOf = (processId: ProcessId) => join(options.folder, `${processId}.log`);
  return {
    start: (launch) => startSidecar(options, launch, logOf(launch.processId)),
    afflict(processId, blow) {
      const [game, sidecar] = readRecord(`${logOf(processId)}.json`).toReversed();
      if (game) signalIfSame(game, SIGNALS[blow]);
      if (sidecar && (blow === "freeze" || blow === "thaw")) signalIfSame(sidecar, SIGNALS[blow]);
    },
    sweep: (processId) => sweep(`${logOf(processId)}.json`),
    forget(processId) {
      for (const path of [logOf(processId), `${logOf(processId)}.json`]) rmSync(path, { force: true });
    },
    readLog: (processId, how, signal) => readLog(logOf(processId), how, options.clock, signal),
  };
}

const SIGNALS = {
  crash: "SIGKILL",
  "freeze-game": "SIGSTOP",
  freeze: "SIGSTOP",
  thaw: "SIGCONT",
} as const satisfies Record<Blow, NodeJS.Signals>;

function startSidecar(options: NodeProcessesOptions, launch: ServerLaunch, file: string): RunningServer {
  const { fleet, program } = launch;
  const child = startProcess({
    command: [process.execPath, ...sidecarArguments(), "--", ...program.command],
    ...(program.cwd === undefined ? {} : { cwd: program.cwd }),
    env: {
      ...foreignEnvironment(options.env, [...OURS, ...(options.withheld ?? [])]),
      ...program.env,
      ...portVariables(launch),
      MUSTER_FLEET_ADDRESS: launch.hostAddress,
      MUSTER_PROCESS_ID: launch.processId,
      MUSTER_INCARNATION: String(launch.incarnation),
      MUSTER_PROCESS_SECRET: launch.secret,
      MUSTER_FLEET: fleet.name,
      MUSTER_REGION: fleet.region,
      MUSTER_PROCESS_LOG: file,
      MUSTER_ORPHAN_GRACE_MS: String(options.orphanGraceMs),
      MUSTER_MATCHERS: options.matchers,
    },
    output: { file },
    lifeline: true,
  });
  return {
    exited: child.exited,
    terminate: () => child.signalGroup("SIGTERM"),
    kill: () => child.signalGroup("SIGKILL"),
  };
}

/** One process as its sidecar wrote it down: what it was, and what tells it from a later one of the same number. */
type Recorded = { readonly pid: number; readonly start: string };

/** Kills the sidecar and the game that the sidecar's record at `path` names, if they are still the same processes. */
function sweep(path: string): void {
  for (const recorded of readRecord(path)) signalIfSame(recorded, "SIGKILL");
}

function signalIfSame({ pid, start }: Recorded, signal: NodeJS.Signals): void {
  if (pid > 1 && isAlive(pid) && readProcessStart(pid) === start) signalGroup(pid, signal);
}

/** The sidecar first, so that it does not report what becomes of its game. Nothing where no sidecar got that far. */
function readRecord(path: string): readonly Recorded[] {
  try {
    const game = JSON.parse(readFileSync(path, "utf8")) as Recorded & { readonly sidecar?: Recorded };
    return game.sidecar ? [game.sidecar, game] : [game];
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/**
 * The sidecar's command, beside the package's public entry. Its first line tells a shell which flags Node needs; as this very
 * Node runs it, without a shell, they are read from there.
 */
function sidecarArguments(): readonly string[] {
  const entry = fileURLToPath(import.meta.resolve("@muster/sidecar"));
  const command = join(dirname(entry), "../bin/muster-sidecar.cjs");
  const [firstLine = ""] = readFileSync(command, "utf8").split("\n", 1);
  return [...firstLine.split(" ").filter((word) => word.startsWith("--")), command];
}

/** MUSTER_PORT_<NAME> for each port, and MUSTER_PORT for the first. */
function portVariables({ fleet, address }: ServerLaunch): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { name } of fleet.ports) {
    const port = String(address.ports[name] ?? "");
    variables.MUSTER_PORT ??= port;
    variables[`MUSTER_PORT_${name.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`] = port;
  }
  return variables;
}

async function* readLog(
  path: string,
  how: { readonly tailBytes: number; readonly follow: boolean; readonly hasEnded: () => boolean },
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined; // Nothing was printed, or the fleet's folder was emptied.
    throw error;
  });
  if (!file) return;
  try {
    const { size } = await file.stat();
    let position = how.tailBytes === 0 ? 0 : Math.max(0, size - how.tailBytes);
    const buffer = new Uint8Array(CHUNK_BYTES);
    while (!signal.aborted) {
      const isLast = how.hasEnded(); // Asked before reading, so that what was printed last is read too.
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position);
      position += bytesRead;
      if (bytesRead > 0) yield buffer.slice(0, bytesRead);
      else if (!how.follow || isLast) return;
      else await clock.sleep(FOLLOW_MS, signal);
    }
  } finally {
    await file.close();
  }
}
