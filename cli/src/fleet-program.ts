// The command line of `muster fleet COMMAND`: what is asked of a fleet that runs.
import type { Command } from "commander";
import { type AddressOptions, asking, parsed } from "./arguments/asking.ts";
import { parseDuration } from "./arguments/duration.ts";
import { wholeNumberFrom } from "./arguments/numbers.ts";
import { addClockCommands } from "./clock-program.ts";
import type { ScaleFlags } from "./commands/fleet.ts";
import { addFaultCommands } from "./fault-program.ts";
import { addPlacingCommands } from "./placing-program.ts";
import type { ProgramPorts } from "./program.ts";

/** Adds the commands to `fleet`, which without one runs a fleet. */
export function addFleetCommands(fleet: Command, run: ProgramPorts["run"]): void {
  addSizeCommands(fleet, run);
  addRestartCommand(fleet, run);
  addAliasCommands(fleet, run);
  addFaultCommands(fleet, run);
  addClockCommands(fleet, run);
  addPlacementCommands(fleet, run);
}

function addSizeCommands(fleet: Command, run: ProgramPorts["run"]): void {
  asking(fleet.command("list"))
    .description("all fleets: build, size, processes and sessions")
    .action((options: AddressOptions) =>
      run(options, async (context) => {
        const { listFleets } = await import("./commands/fleet.ts");
        return await listFleets(context);
      }),
    );
  const count = parsed(wholeNumberFrom(0, 100_000));
  asking(fleet.command("scale"))
    .description("say how large a fleet is: so many processes, or elastic between limits")
    .argument("<fleet>")
    .option("--processes <number>", "keep so many", count)
    .option("--min <number>", "elastic: keep at least so many (default: 0)", count)
    .option("--max <number>", "elastic: keep at most so many", count)
    .option("--reserve-sessions <number>", "elastic: keep so many session slots free", count)
    .option(
      "--reserve-percent <number>",
      "elastic: of a hundred slots, keep so many free",
      parsed(wholeNumberFrom(0, 90)),
    )
    .option(
      "--cooldown <time>",
      "elastic: do not shrink for so long after a change, such as 30s",
      parsed(parseDuration),
    )
    .option("--reset", "as large as muster.json says")
    .action((name: string, options: AddressOptions & ScaleFlags) =>
      run(options, async (context) => {
        const { scaleFleet } = await import("./commands/fleet.ts");
        return await scaleFleet(name, options, context);
      }),
    );
  asking(fleet.command("drain"))
    .description("let a fleet, or a process, take no more sessions and end as the protection of its sessions says")
    .argument("<fleet or process>")
    .option("--undo", "let the fleet take sessions again")
    .option("--force", "end protected sessions too")
    .action((name: string, options: AddressOptions & { undo?: boolean; force?: boolean }) =>
      run(options, async (context) => {
        const { drain } = await import("./commands/fleet.ts");
        return await drain({ name, undo: options.undo === true, force: options.force === true }, context);
      }),
    );
  asking(fleet.command("rollout"))
    .description("start new processes of another build, and let old ones end after their sessions")
    .argument("<fleet>")
    .argument("[build]", "one of the fleet's builds; without it, that of muster.json")
    .option("--forced", "end old processes at once, with their sessions")
    .action((name: string, build: string | undefined, options: AddressOptions & { forced?: boolean }) =>
      run(options, async (context) => {
        const { rollOut } = await import("./commands/fleet.ts");
        return await rollOut({ fleet: name, build, forced: options.forced === true }, context);
      }),
    );
}

function addRestartCommand(fleet: Command, run: ProgramPorts["run"]): void {
  asking(fleet.command("restart"))
    .description("start the servers of a fleet anew, as what they are started of has changed")
    .argument("<fleet>")
    .option("--grace <time>", "how long battles may go on, such as 30s (default: 0s)", parsed(parseDuration))
    .option("--reason <text>", "what the servers that end are told (default: RESTARTED)")
    .action((name: string, options: AddressOptions & { grace?: number; reason?: string }) =>
      run(options, async (context) => {
        const { restartServers } = await import("./commands/fleet.ts");
        const { grace: graceMs = 0, reason = "" } = options;
        return await restartServers({ fleet: name, graceMs, reason }, context);
      }),
    );
}

function addPlacementCommands(fleet: Command, run: ProgramPorts["run"]): void {
  const placement = fleet
    .command("placement")
    .description("requests for server sessions: start, stop, show, list, watch");
  addPlacingCommands(placement, run);
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
