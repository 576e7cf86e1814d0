// npm as a newcomer's shell runs it, and what it leaves behind.
import { spawn } from "node:child_process";
import { lstat, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";

const BYTES_PER_MB = 2 ** 20;
/** What npm and Node tell their children of the run that measures. */
const OURS = /^(?:NODE_OPTIONS|npm_(?!config_).*|npm_config_local_prefix|INIT_CWD)$/;

/** Runs a program in `cwd` to its end; resolves with the seconds that it took. @throws {Error} with its words, unless it exits with 0. */
export async function runTimed(command: readonly string[], cwd: string): Promise<number> {
  const [program = "", ...args] = command;
  const kept = Object.entries(process.env).filter(([name]) => !OURS.test(name));
  const env = { ...Object.fromEntries(kept), PATH: `${dirname(process.execPath)}:${process.env.PATH}` };
  const startedMs = performance.now();
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`Cannot finish \`${command.join(" ")}\` as it ended with ${code}:\n${said}`);
  return (performance.now() - startedMs) / 1_000;
}

/** What the folder takes on the disk. */
export async function megabytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true });
  let bytes = 0;
  for (const entry of entries) bytes += (await lstat(join(folder, entry))).blocks * 512;
  return bytes / BYTES_PER_MB;
}

/** Packages in a node_modules, those of a scope one by one. */
export async function countPackages(modules: string): Promise<number> {
  const names = (await readdir(modules)).filter((name) => !name.startsWith("."));
  const counts = names.map(async (name) => (name.startsWith("@") ? (await readdir(join(modules, name))).length : 1));
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}
