// The commands under `muster backfill`.
import type { BackfillStrategy } from "@muster/proto";
import type { Command } from "commander";
import { type AddressOptions, asking, parsed } from "./arguments/asking.ts";
import { parsePairs } from "./arguments/pairs.ts";
import { parseStrategy, readBackfillRequest } from "./arguments/strategy.ts";
import type { ProgramPorts } from "./program.ts";

/** Adds `backfill start`, `cancel`, `show` and `list`. */
export function addBackfillCommands(program: Command, run: ProgramPorts["run"]): void {
  const backfill = program.command("backfill").description("backfills of battle sessions: start, cancel, show, list");
  asking(backfill.command("start"))
    .description("look for players to add to a battle")
    .argument("<session>")
    .option(
      "--strategy <strategy>",
      "MAX_POSSIBLE keeps every seat filled, CUSTOM adds players and is done; default: CUSTOM with --add",
      parsed(parseStrategy),
    )
    .option("--add <pairs>", "CUSTOM: so many players by team, such as red=1,blue=2", parsed(parsePairs))
    .option("--replace", "end a live backfill in the same step")
    .action((session: string, options: AddressOptions & BackfillStartFlags) =>
      run(options, async (context) => {
        const request = readBackfillRequest(options.strategy, options.add);
        const { startBackfill } = await import("./commands/backfill.ts");
        return await startBackfill(session, { request, replace: options.replace === true }, context);
      }),
    );
  asking(backfill.command("cancel"))
    .description("end the live backfill of a battle")
    .argument("<session>")
    .action((session: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { cancelBackfill } = await import("./commands/backfill.ts");
        return await cancelBackfill(session, context);
      }),
    );
  asking(backfill.command("show"))
    .description("the last backfill of a battle")
    .argument("<session>")
    .action((session: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { showBackfill } = await import("./commands/backfill.ts");
        return await showBackfill(session, context);
      }),
    );
  asking(backfill.command("list"))
    .description("the live backfills of all battles, with progress by team and why they are in their state")
    .option("--all", "ended ones too")
    .action((options: AddressOptions & { all?: boolean }) =>
      run(options, async (context) => {
        const { listBackfills } = await import("./commands/backfill.ts");
        return await listBackfills({ includeEnded: options.all === true }, context);
      }),
    );
}

type BackfillStartFlags = {
  readonly strategy?: BackfillStrategy;
  readonly add?: Readonly<Record<string, number>>;
  readonly replace?: boolean;
};
