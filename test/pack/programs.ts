// Other programs that packing needs: run to their end, within a time, with their words in the error.
import { spawn } from "node:child_process";

export type ProgramOptions = {
  readonly cwd: string;
  /** All of its environment: nothing is added. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** In ms; then it is killed. */
  readonly withinMs: number;
};

export type Printed = { readonly out: string; readonly err: string };

/**
 * Runs a command to its end.
 *
 * @throws {Error} with what it printed, unless it exits with 0 in time.
 */
export function runProgram(command: readonly string[], { cwd, env, withinMs }: ProgramOptions): Promise<Printed> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout: withinMs });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) return resolve({ out, err });
      reject(new Error(`Cannot finish \`${command.join(" ")}\` as it ended with ${signal ?? code}:\n${out}${err}`));
    });
  });
}

/** npm as it is installed beside the shell's Node: the one that runs us, or the one on the path. */
export function npm(args: readonly string[]): readonly string[] {
  const { npm_execpath: npmMain } = process.env;
  // npx sets its own path there.
  const ours = npmMain?.endsWith("npm-cli.js") ? [process.execPath, npmMain] : ["npm"];
  return [...ours, ...args];
}
