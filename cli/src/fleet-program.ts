// The command line of `muster fleet COMMAND`: what is asked of a fleet that runs.
import type { Command } from "commander";
import { type AddressOptions, asking } from "./arguments/asking.ts";
import { addClockCommands } from "./clock-program.ts";
import { addFaultCommands } from "./fault-program.ts";
import type { ProgramPorts } from "./program.ts";

/** Adds the commands to `fleet`, which without one runs a fleet. */
export function addFleetCommands(fleet: Command, run: ProgramPorts["run"]): void {
  addAliasCommands(fleet, run);
  addFaultCommands(fleet, run);
  addClockCommands(fleet, run);
  addPlacementCommands(fleet, run);
}

function addPlacementCommands(fleet: Command, run: ProgramPorts["run"]): void {
  const placement = fleet.command("placement").description("requests for server sessions: show, list, watch");
  asking(placement.command("show"))
    .description("placements as they stand, and why one failed")
    .argument("<id...>")
    .action((ids: string[], options: AddressOptions) =>
      run(options, async (context) => {
        const { showPlacements } = await import("./commands/placement.ts");
        return await showPlacements(ids, context);
      }),
    );
  asking(placement.command("list"))
    .description("those that are pending")
    .argument("[id...]", "only these")
    .option("--queue <name>", "only on this queue")
    .option("--all", "those that have ended, too")
    .action((placementIds: string[], options: AddressOptions & { queue?: string; all?: boolean }) =>
      run(options, async (context) => {
        const { listPlacements } = await import("./commands/placement.ts");
        return await listPlacements(
          { placementIds, queue: options.queue, includeEnded: options.all === true },
          context,
        );
      }),
    );
  asking(placement.command("watch"))
    .description("every step as it happens: made, a session begun for it, ended")
    .argument("[id...]", "only these")
    .option("--queue <name>", "only on this queue")
    .action((placementIds: string[], options: AddressOptions & { queue?: string }) =>
      run(options, async (context) => {
        const { watchPlacements } = await import("./commands/placement.ts");
        return await watchPlacements({ placementIds, queue: options.queue }, context);
      }),
    );
}

function addAliasCommands(fleet: Command, run: ProgramPorts["run"]): void {
  const alias = fleet.command("alias").description("names that stand for a fleet: list, set, close, forget");
  asking(alias.command("list"))
    .description("all aliases, and what they stand for now")
    .action((options: AddressOptions) =>
      run(options, async (context) => {
        const { listAliases } = await import("./commands/alias.ts");
        return await listAliases(context);
      }),
    );
  asking(alias.command("set"))
    .description("point an alias at a fleet from now on; it is made if there is none")
    .argument("<alias>")
    .argument("<fleet>")
    .action((name: string, to: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { setAlias } = await import("./commands/alias.ts");
        return await setAlias({ name, fleet: to }, context);
      }),
    );
  asking(alias.command("close"))
    .description("let an alias stand for no fleet: a placement that has no other destination fails with the message")
    .argument("<alias>")
    .argument("<message>", "what the placement's owner is told")
    .action((name: string, message: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { setAlias } = await import("./commands/alias.ts");
        return await setAlias({ name, message }, context);
      }),
    );
  asking(alias.command("forget"))
    .description("let an alias be what muster.json says again, or nothing")
    .argument("<alias>")
    .action((name: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { forgetAlias } = await import("./commands/alias.ts");
        return await forgetAlias(name, context);
      }),
    );
}
