// The entry of the muster command, behind bin/muster.js: parses, runs, and ends the process with the right code.
import { CommanderError } from "commander";
import { UsageError } from "./arguments/usage-error.ts";
import { buildProgram } from "./program.ts";
import { processTerminal } from "./terminal.ts";

/** Runs the command that `argv` (without node and script) names. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = buildProgram({
    run: async ({ matcher, fleet, json = false, ownSignals = false }, command) => {
      const { runCommand } = await import("./run-command.ts");
      const context = { matcherAddress: matcher, fleetAddress: fleet, json, terminal: processTerminal, ownSignals };
      await runCommand(context, command);
    },
    runService: async (name, variables, args) => {
      const { runServiceHere } = await import("./run-service-here.ts");
      await runServiceHere(name, variables, args);
    },
  });
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.exitOverride();
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version were asked for; everything else is a mistake that commander has described.
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    if (!(error instanceof UsageError)) throw error;
    processTerminal.note(error.message);
    process.exitCode = 2;
  }
}
