// The commands under `muster journal`.
import { type Command, Option } from "commander";
import { parsed, withJson } from "./arguments/asking.ts";
import { wholeNumberFrom } from "./arguments/numbers.ts";
import type { ProgramPorts } from "./program.ts";

/** Adds `journal verify`, `repair` and `export`. */
export function addJournalCommands(program: Command, run: ProgramPorts["run"]): void {
  const journal = program.command("journal").description("journals of services: verify, repair, export");
  const options = (flags: { json?: boolean }) => ({ matcher: "", fleet: "", json: flags.json === true });
  withJson(journal.command("verify"))
    .description("look whether a journal is whole, without changing it")
    .argument("<path>", "SQLite file or folder, such as .muster/matcher.sqlite")
    .action((path: string, flags: { json?: boolean }) =>
      run(options(flags), async (context) => {
        const { verify } = await import("./commands/journal.ts");
        return await verify(path, context);
      }),
    );
  withJson(journal.command("repair"))
    .description("keep what is intact of a damaged journal, and the damaged one beside it")
    .argument("<path>", "SQLite file or folder, of a service that is stopped")
    .option("--accept-loss", "go on although acknowledged records will be lost")
    .action((path: string, flags: { json?: boolean; acceptLoss?: boolean }) =>
      run(options(flags), async (context) => {
        const { repair } = await import("./commands/journal.ts");
        return await repair(path, flags.acceptLoss === true, context);
      }),
    );
  withJson(journal.command("export"))
    .description("one line of JSON for each record, without secrets")
    .argument("<path>", "SQLite file or folder")
    .option("--partition <name>", "only this one, such as matcher or fleet")
    .option("--from <sequence>", "first record", parsed(wholeNumberFrom(1, Number.MAX_SAFE_INTEGER)), 1)
    .addOption(
      new Option(
        "--as <what>",
        "of a matcher, for muster simulate: its tickets with its rounds, or its configuration",
      ).choices(["tickets", "configuration"]),
    )
    .option("--config-name <name>", "with --as: this matchmaking configuration; not needed where there is only one")
    .action((path: string, flags: ExportFlags) =>
      run(options({}), async (context) => {
        if (flags.as !== undefined) {
          const { exportRecording } = await import("./commands/export-recording.ts");
          return await exportRecording(path, { as: flags.as, configuration: flags.configName }, context);
        }
        const { exportRecords } = await import("./commands/journal.ts");
        return await exportRecords(path, { partition: flags.partition, fromSequence: flags.from }, context);
      }),
    );
}

type ExportFlags = {
  readonly partition?: string;
  readonly from: number;
  readonly as?: "tickets" | "configuration";
  readonly configName?: string;
};
