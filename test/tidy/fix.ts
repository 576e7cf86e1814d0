// `npm run fix`: mends format and order of imports, the contract's format, and the lock files.
import { spawnSync } from "node:child_process";
import { ROOT } from "./sources.ts";
import { environmentWithTools } from "./tools.ts";

const commands = [
  ["biome", "check", "--write", "."],
  ["buf", "format", "-w"],
  [process.execPath, "-C", "@muster/source", "test/tidy/complete-lock.ts"],
] as const;

const env = environmentWithTools();
for (const [program, ...args] of commands) {
  const { status, error } = spawnSync(program, args, { cwd: ROOT, env, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) {
    process.exitCode = status ?? 1;
    break;
  }
}
