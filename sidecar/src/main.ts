// The sidecar's process: `node sidecar/src/main.ts [--unsafe-listen] [-- COMMAND …]`, without a command for a game that runs
// already.
import { readEnvironment } from "@muster/kit";
import { sidecarEnvironment } from "./environment.ts";
import { runSidecar } from "./run-sidecar.ts";

const args = process.argv.slice(2);
const unsafeListen = args[0] === "--unsafe-listen";
const rest = unsafeListen ? args.slice(1) : args;
const command = rest[0] === "--" ? rest.slice(1) : rest;

// No await at the top level: released, this file is one of CommonJS.
void run();

async function run(): Promise<void> {
  try {
    process.exit(await runSidecar({ command, unsafeListen }, readEnvironment(sidecarEnvironment, process.env)));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}
