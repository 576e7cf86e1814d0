// Child processes as a port, each in a group of its own, so that a Ctrl-C in a terminal reaches only the one at the top
// and a whole tree can be ended at once. A lifeline is a pipe that nobody writes to: its end tells a child that its parent
// is gone, however it went. `@muster/kit/processes`.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { Socket } from "node:net";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { invariant } from "./invariant.ts";

/** How a process ended: "exit 0", "exit 1", "SIGKILL", or "not started: …". */
export type Exit = { readonly how: string; readonly code: number | undefined };

export type ProcessSpec = {
  /** Program and arguments. */
  readonly command: readonly string[];
  readonly cwd?: string;
  /** The whole environment: nothing is inherited beside it. */
  readonly env: Readonly<Record<string, string>>;
  /** Where standard output and error go: a file (appended), line by line to a function, or the parent's own. */
  readonly output: { readonly file: string } | { readonly onLine: (line: string) => void } | "inherit";
  /** Gives the child a lifeline, told by MUSTER_LIFELINE_FD. */
  readonly lifeline?: boolean;
};

export interface RunningProcess {
  /** Undefined if it could not be started. Its group has the same number. */
  readonly pid: number | undefined;
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<Exit>;
  /** Sends `signal` to the process and all its descendants of its group. No effect once they are gone. */
  signalGroup(signal: "SIGTERM" | "SIGINT" | "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
}

const LIFELINE_FD = 3;

/** Starts a process in its own group. A program that cannot be started is an exit like any other. */
export function startProcess(spec: ProcessSpec): RunningProcess {
  const [program, ...args] = spec.command;
  invariant(program !== undefined, "a command has a program");
  const { file, piped } = openOutput(spec.output);
  const env = spec.lifeline ? { ...spec.env, MUSTER_LIFELINE_FD: String(LIFELINE_FD) } : { ...spec.env };
  const child = spawn(program, args, {
    detached: true,
    env,
    stdio: ["ignore", piped ? "pipe" : file, piped ? "pipe" : file, spec.lifeline ? "pipe" : "ignore"],
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
  });
  if (typeof file === "number") closeSync(file);
  if (typeof spec.output === "object" && "onLine" in spec.output) readLines(child, spec.output.onLine);
  // Our end of the lifeline must not keep us running, and its breaking is the child's business.
  const lifeline = child.stdio[LIFELINE_FD];
  if (lifeline && "unref" in lifeline) (lifeline as { unref(): void }).unref();
  lifeline?.on("error", () => undefined);

  const exited = new Promise<Exit>((resolve) => {
    child.once("error", (error) => resolve({ how: `not started: ${whyNotStarted(error, spec)}`, code: undefined }));
    child.once("exit", (code, signal) => resolve({ how: signal ?? `exit ${code}`, code: code ?? undefined }));
  });
  return {
    pid: child.pid,
    exited,
    signalGroup: (signal) => {
      if (child.pid !== undefined) signalGroup(child.pid, signal);
    },
  };
}

/** The system says the same of a program and of a folder that are not there. */
function whyNotStarted(error: Error, { command: [program = ""], cwd }: ProcessSpec): string {
  const code = "code" in error ? error.code : undefined;
  if (code === "ENOENT" && cwd !== undefined && !existsSync(cwd)) return `there is no folder ${cwd}`;
  if (code === "ENOENT") return `there is no program ${program}`;
  return code === "EACCES" ? `${program} may not be run` : error.message;
}

/** Sends `signal` (0 only asks) to every process of the group; false if the group has none left. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  invariant(groupId > 1, "a group of ours has a number above 1");
  try {
    process.kill(-groupId, signal);
    return true;
  } catch (error) {
    if (hasCode(error, "ESRCH")) return false;
    // EPERM: the group lives, but its members are zombies (macOS) or another user's.
    if (hasCode(error, "EPERM")) return true;
    throw error;
  }
}

/** Whether a process of that number lives. A number can be given to another process later: compare its start too. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

/**
 * When the process started, in clock ticks since boot: what tells it from a later process of the same number. "unknown"
 * once it is gone, and on systems that do not say.
 */
export function readProcessStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name in parentheses may hold blanks; the 3rd and the 22nd field are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie is gone: where nobody collects orphans, as in a container without an init, it keeps its number for ever.
    const isGone = fields[0] === "Z" || fields[0] === "X";
    return isGone ? "unknown" : (fields[19] ?? "unknown");
  } catch {
    return "unknown";
  }
}

/**
 * Aborts when the parent that gave this process a lifeline is gone. Never, for a process that was given none. The wait
 * does not keep the process running.
 */
export function watchLifeline(env: Readonly<Record<string, string | undefined>>): AbortSignal {
  const controller = new AbortController();
  const fd = Number(env.MUSTER_LIFELINE_FD ?? Number.NaN);
  if (!Number.isInteger(fd) || fd < 3) return controller.signal;
  const broken = () => controller.abort(new Error("The supervisor is gone"));
  new Socket({ fd, readable: true, writable: false }).once("end", broken).once("error", broken).resume().unref();
  return controller.signal;
}

export interface GroupGuard {
  /** Of the guard itself, so that whoever takes the group over can end it. */
  readonly pid: number | undefined;
  /** Ends the guard without touching the group. */
  release(): void;
}

/**
 * Ends the group after `graceMs` once this process is gone, however it went: for children that know nothing of lifelines.
 * A small shell watches a pipe; on systems without /bin/sh there is no guard and `pid` is undefined.
 */
export function guardGroup(groupId: number, graceMs: number): GroupGuard {
  if (process.platform === "win32") return { pid: undefined, release: () => undefined };
  const script =
    'while read -r _; do :; done; sleep "$2"; kill -TERM "-$1" 2>/dev/null || exit 0; ' +
    'for _ in 1 2 3 4 5; do sleep 1; kill -0 "-$1" 2>/dev/null || exit 0; done; kill -KILL "-$1" 2>/dev/null';
  const guard = spawn("/bin/sh", ["-c", script, "muster-guard", String(groupId), String(graceMs / 1_000)], {
    detached: true,
    env: {},
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.on("error", () => undefined); // Without a shell there is no guard, as documented.
  guard.stdin.on("error", () => undefined);
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  return {
    pid: guard.pid,
    release: () => {
      if (guard.pid !== undefined) signalGroup(guard.pid, "SIGKILL");
    },
  };
}

/**
 * The environment for a program that is not ours: the given one without the flags and names by which our own processes are
 * run, which would break a packaged SDK in it or hand it our secrets.
 */
export function foreignEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  ours: readonly string[],
): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !ours.includes(name) && name !== "MUSTER_LIFELINE_FD") clean[name] = value;
  }
  const options = clean.NODE_OPTIONS?.replace(/(?:--conditions|-C)[= ]@muster\/source/g, "")
    .replace(/\s+/g, " ")
    .trim();
  if (options) clean.NODE_OPTIONS = options;
  else delete clean.NODE_OPTIONS;
  return clean;
}

function openOutput(output: ProcessSpec["output"]): { file: number | "inherit"; piped: boolean } {
  if (output === "inherit") return { file: "inherit", piped: false };
  if ("onLine" in output) return { file: "inherit", piped: true };
  mkdirSync(dirname(output.file), { recursive: true });
  return { file: openSync(output.file, "a"), piped: false };
}

function readLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on("line", onLine);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
