// The game as a process: started in its own group, or taken over from a sidecar that was killed; ended politely, then not.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "@muster/kit";
import {
  type Exit,
  foreignEnvironment,
  type GroupGuard,
  guardGroup,
  isAlive,
  readProcessStart,
  signalGroup,
  startProcess,
} from "@muster/kit/processes";

/** What a sidecar writes down so that its successor can go on with the living game. Holds the token: mode 0600. */
export type GameRecord = {
  readonly processId: string;
  readonly incarnation: number;
  /** The sidecar's own process: a fleet that started it in an earlier run finds it here if it hangs. */
  readonly sidecar: { readonly pid: number; readonly start: string };
  readonly pid: number;
  /** Tells the game from a later process of the same number. */
  readonly start: string;
  readonly guard: { readonly pid: number; readonly start: string } | undefined;
  readonly bind: string;
  /** Undefined: there is no HTTP; an older build did not write it. */
  readonly httpBind?: string | undefined;
  readonly token: string;
  readonly attachGeneration: number;
  readonly ready: { readonly ports: Readonly<Record<string, number>>; readonly concurrentSessions: number } | undefined;
};

export interface GameProcess {
  readonly pid: number;
  readonly start: string;
  readonly guard: { readonly pid: number; readonly start: string } | undefined;
  readonly exited: Promise<Exit>;
  signal(name: "SIGTERM" | "SIGKILL"): void;
  /** The game has ended: nobody needs to watch over its group. */
  releaseGuard(): void;
}

export type GameSpec = {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string | undefined;
  readonly orphanGraceMs: number;
};

/** Our own variables that are nobody else's business. */
const OURS = [
  "MUSTER_PROCESS_SECRET",
  "MUSTER_INCARNATION",
  "MUSTER_SIDECAR_BIND",
  "MUSTER_SIDECAR_HTTP",
  "MUSTER_PROCESS_LOG",
  "MUSTER_MATCHERS",
  "MUSTER_KEY",
  "MUSTER_TLS_CERT",
  "MUSTER_TLS_KEY",
  "MUSTER_TLS_CA",
];

/**
 * The environment of the game: the sidecar's own without what is not the game's business, and with the addresses and token of
 * the sidecar. The game's ports (MUSTER_PORT, MUSTER_PORT_<NAME>), MUSTER_FLEET, MUSTER_REGION and MUSTER_PROCESS_ID pass
 * through.
 */
export function gameEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  sidecar: { readonly address: string; readonly httpAddress: string | undefined; readonly token: string },
): Record<string, string> {
  const { address, httpAddress, token } = sidecar;
  const clean = foreignEnvironment(env, OURS);
  const http = httpAddress === undefined ? {} : { MUSTER_SIDECAR_HTTP: httpAddress };
  return { ...clean, MUSTER_SIDECAR: address, ...http, MUSTER_SIDECAR_TOKEN: token };
}

/** Starts the game in a group of its own, and a guard that ends the group if this process is killed. */
export function startGame(spec: GameSpec): GameProcess {
  const output = spec.logFile === undefined ? "inherit" : { file: spec.logFile };
  const child = startProcess({ command: spec.command, env: spec.env, output });
  const guard = child.pid === undefined ? undefined : guardGroup(child.pid, spec.orphanGraceMs);
  return gameOf(child.pid ?? 0, guard, child.exited);
}

/** Takes a living game over: its old guard is relieved, its end is noticed by asking. Undefined if it is not alive. */
export function adoptGame(record: GameRecord, orphanGraceMs: number, clock: Clock): GameProcess | undefined {
  if (!isSame(record)) return undefined;
  const guard = guardGroup(record.pid, orphanGraceMs);
  if (record.guard && isSame(record.guard)) signalGroup(record.guard.pid, "SIGKILL");
  const exited = (async (): Promise<Exit> => {
    while (isSame(record)) await clock.sleep(200);
    return { how: "exit unknown: not a child of this sidecar", code: undefined };
  })();
  return gameOf(record.pid, guard, exited);
}

function isSame({ pid, start }: { readonly pid: number; readonly start: string }): boolean {
  // Where the system tells, a process whose start was not known had ended when it was written down.
  if (start === "unknown" && process.platform === "linux") return false;
  return isAlive(pid) && readProcessStart(pid) === start;
}

function gameOf(pid: number, guard: GroupGuard | undefined, exited: Promise<Exit>): GameProcess {
  return {
    pid,
    start: pid > 1 ? readProcessStart(pid) : "unknown",
    guard: guard?.pid === undefined ? undefined : { pid: guard.pid, start: readProcessStart(guard.pid) },
    exited,
    signal: (name) => {
      if (pid > 1) signalGroup(pid, name);
    },
    releaseGuard: () => guard?.release(),
  };
}

/** The record at `path`, or undefined if there is none of this run of the process. */
export function readGameRecord(path: string, run: { processId: string; incarnation: number }): GameRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(path, "utf8")) as GameRecord;
    return record.processId === run.processId && record.incarnation === run.incarnation ? record : undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Replaces the record at `path` in one step. */
export function writeGameRecord(path: string, record: GameRecord): void {
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.next`;
  writeFileSync(next, JSON.stringify(record), { mode: 0o600 });
  renameSync(next, path);
}
