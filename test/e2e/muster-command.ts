// Runs the muster command as a user does, from its door, and reads what it prints.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COMMAND = `${ROOT}cli/bin/muster.js`;

export type Finished = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
};

export interface RunningCommand extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Resolves with the first line of standard output, printed already or to come, that fits; rejects if it ends before. */
  line(wanted: RegExp): Promise<string>;
  /** Hears every line of standard output, those printed already too. */
  onLine(hear: (line: string) => void): void;
  readonly finished: Promise<Finished>;
}

export type CommandOptions = {
  readonly env?: Readonly<Record<string, string>>;
  /** What `env` is added to. Default: the environment of the tests. */
  readonly inherits?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Default: the Node that runs the tests. */
  readonly program?: readonly string[];
};

/** Starts `muster ARGS`. Disposing kills it. */
export function startMuster(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  const [program = "", ...before] = options.program ?? [process.execPath, COMMAND];
  const { NODE_OPTIONS: _, npm_lifecycle_event: __, ...env } = options.inherits ?? process.env;
  const child = spawn(program, [...before, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let err = "";
  const looks = new Set<() => void>();
  const listeners = new Set<(line: string) => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    for (const hear of listeners) hear(line);
    for (const look of looks) look();
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, out: lines.join("\n"), err }));
  });
  return {
    child,
    finished,
    onLine(hear) {
      for (const line of lines) hear(line);
      listeners.add(hear);
    },
    line: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find((line) => wanted.test(line));
          if (found === undefined) return;
          looks.delete(look);
          resolve(found);
        };
        looks.add(look);
        look();
        void finished.then(
          () => reject(new Error(`Cannot see a line like ${wanted} as the command ended: ${lines.join("\n")}\n${err}`)),
          reject,
        );
      }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await finished;
    },
  };
}

/** Runs `muster ARGS` to its end. */
export async function muster(args: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  return await startMuster(args, options).finished;
}
