// The sidecar's process: `node sidecar/src/main.ts [-- COMMAND …]`, without a command for a game that runs already.
import { readEnvironment } from "@muster/kit";
import { sidecarEnvironment } from "./environment.ts";
import { runSidecar } from "./run-sidecar.ts";

const args = process.argv.slice(2);
const command = args[0] === "--" ? args.slice(1) : args;

try {
  process.exit(await runSidecar(command, readEnvironment(sidecarEnvironment, process.env)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
}
