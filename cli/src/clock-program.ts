// The command line of `muster fleet clock COMMAND`: time that somebody drives.
import type { Command } from "commander";
import { type AddressOptions, asking, parsed } from "./arguments/asking.ts";
import { parseDuration } from "./arguments/duration.ts";
import type { ProgramPorts } from "./program.ts";

/** Adds `clock` to the commands of `fleet`. */
export function addClockCommands(fleet: Command, run: ProgramPorts["run"]): void {
  const clock = fleet.command("clock").description("the virtual time of a fleet that is all simulated: advance, show");
  const ask = (byMs: number, options: AddressOptions) =>
    run(options, async (context) => {
      const { advanceClock } = await import("./commands/clock.ts");
      return await advanceClock(byMs, context);
    });
  asking(clock.command("advance"))
    .description("let time pass, and answer when everything has happened that was due")
    .argument("<time>", "such as 30s", parsed(parseDuration))
    .action((byMs: number, options: AddressOptions) => ask(byMs, options));
  asking(clock.command("show"))
    .description("how much time has passed since the fleet started")
    .action((options: AddressOptions) => ask(0, options));
}
