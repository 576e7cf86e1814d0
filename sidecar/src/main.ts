// `node sidecar/src/main.ts [-- COMMAND …]`: the sidecar of one dedicated server.
import { readEnvironment } from "@muster/kit";
import { sidecarEnvironment } from "./environment.ts";
import { runSidecar } from "./run-sidecar.ts";

/** Runs the sidecar as this process; `args` is the game's command, or empty for a game that runs already. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    const command = args[0] === "--" ? args.slice(1) : args;
    process.exit(await runSidecar(command, readEnvironment(sidecarEnvironment, process.env)));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

if (import.meta.main) await main(process.argv.slice(2));
