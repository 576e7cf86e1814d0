// The sidecar's process: `node sidecar/src/main.ts [--unsafe-listen] [-- COMMAND …]`, without a command for a game that runs
// already, or `… --games FILE` for several games.
import { readFileSync } from "node:fs";
import { watchLifeline } from "@muster/kit/processes";
import { readArguments, runGames } from "./run-games.ts";

// No await at the top level: released, this file is one of CommonJS.
void run();

async function run(): Promise<void> {
  try {
    const { slots, unsafeListen } = readArguments(process.argv.slice(2), (path) => readFileSync(path, "utf8"));
    process.exit(await runGames(slots, { unsafeListen, env: process.env, lifeline: watchLifeline(process.env) }));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}
