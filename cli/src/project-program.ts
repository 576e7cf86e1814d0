// `muster init` and `muster types`: what helps to write a game of one's own.
import { type Command, Option } from "commander";
import { withJson } from "./arguments/asking.ts";
import type { ProgramPorts } from "./program.ts";

type Options = Readonly<Record<string, unknown>>;

const NO_ADDRESSES = { matcher: "", fleet: "", ownSignals: true };

/** Adds them to the program. New projects ask for packages of this `version`. */
export function addProjectCommands(
  program: Command,
  { run, version }: Pick<ProgramPorts, "run"> & { readonly version: string },
): void {
  withJson(program.command("init"))
    .description("write a server to start from, with its rule set, muster.json and a test")
    .argument("[folder]", "where to; nothing that is there is overwritten", ".")
    .addOption(new Option("--language <language>", "of the server").choices(["ts", "js"]).default("ts"))
    .action((folder: string, options: Options) =>
      run({ ...NO_ADDRESSES, json: options.json === true }, async (context) => {
        const { initProject } = await import("./commands/init.ts");
        return await initProject({ folder, language: options.language === "js" ? "js" : "ts", version }, context);
      }),
    );
  program
    .command("types")
    .description("write TypeScript types for what a rule set declares: attributes and teams")
    .argument("<file>", "a rule set as JSON, or a configuration with one in it")
    .option("-o, --out <file>", "write them there instead of printing them")
    .action((file: string, options: { readonly out?: string }) =>
      run(NO_ADDRESSES, async (context) => {
        const { writeTypes } = await import("./commands/typescript.ts");
        return await writeTypes(file, options, context);
      }),
    );
}
