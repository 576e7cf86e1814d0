// The commands under `muster query`.
import { type Command, Option } from "commander";
import { withJson } from "./arguments/asking.ts";
import type { ProgramPorts } from "./program.ts";

/** Adds `query check`, `query test` and `query why`. */
export function addQueryCommands(program: Command, run: ProgramPorts["run"]): void {
  const query = program.command("query").description("queries of tickets: check, test, why");
  reading(query.command("check"))
    .description("say whether a query can be read, what it asks, and what may not be meant")
    .argument("<query>", "such as '+properties.region:eu properties.mode:ranked^2'")
    .action((text: string, { mode, json = false }: QueryFlags) =>
      run({ matcher: "", fleet: "", json }, async (context) => {
        const { checkQuery } = await import("./commands/query.ts");
        return await checkQuery(text, { mode }, context);
      }),
    );
  reading(query.command("test"))
    .description("list the tickets that a query finds, best first")
    .argument("<query>", "such as '+properties.region:eu properties.mode:ranked^2'")
    .requiredOption("--tickets <file>", "tickets as JSON, one a line or as a list; docs/queries.md has their fields")
    .action((text: string, { mode, tickets, json = false }: QueryFlags & { tickets: string }) =>
      run({ matcher: "", fleet: "", json }, async (context) => {
        const { testQuery } = await import("./commands/query.ts");
        return await testQuery(text, { mode, tickets }, context);
      }),
    );
  reading(query.command("why"))
    .description("say which clause of a query leaves how many tickets, and what the nearest ones lack")
    .argument("<query>", "such as '+properties.region:eu +properties.rank:>5'")
    .requiredOption("--tickets <file>", "tickets as JSON, one a line or as a list; docs/queries.md has their fields")
    .action((text: string, { mode, tickets, json = false }: QueryFlags & { tickets: string }) =>
      run({ matcher: "", fleet: "", json }, async (context) => {
        const { explainQuery } = await import("./commands/query.ts");
        return await explainQuery(text, { mode, tickets }, context);
      }),
    );
}

type QueryFlags = { readonly mode: "compatible" | "best"; readonly json?: boolean };

/** A query may begin with a minus, and is no option then. */
function reading(command: Command): Command {
  const mode = new Option("--mode <mode>", "how to read it").choices(["compatible", "best"]).default("best");
  return withJson(command).addOption(mode).allowUnknownOption();
}
