// The command line of `muster sessions`: finding server sessions, and what an operator does with them.
import type { Command } from "commander";
import { type AddressOptions, asking, parsed } from "./arguments/asking.ts";
import { wholeNumberFrom } from "./arguments/numbers.ts";
import { parseProperties } from "./arguments/properties.ts";
import { UsageError } from "./arguments/usage-error.ts";
import type { ProgramPorts } from "./program.ts";

/** Adds `sessions` with its commands to the program. */
export function addSessionsCommands(program: Command, run: ProgramPorts["run"]): void {
  const sessions = asking(program.command("sessions"));
  addCreate(sessions, run);
  sessions
    .description("battle sessions with their rosters and backfills")
    .argument("[id...]", "only these")
    .option("--all", "ended ones too")
    .option("--filter <filter>", "active ones that fit, such as \"playerSessionCount >= 2 AND name <> 'x'\"")
    .option("--sort <sort>", 'active ones by this, such as "capacity DESC, name"')
    .option("--limit <number>", "of a search, at most so many", parsed(wholeNumberFrom(1, 100_000)))
    .action((ids: string[], options: AddressOptions & SessionsFlags) =>
      run(options, async (context) => {
        if (options.filter === undefined && options.sort === undefined && options.limit === undefined) {
          const { listSessions } = await import("./commands/sessions.ts");
          return await listSessions({ ids, includeEnded: options.all === true || ids.length > 0 }, context);
        }
        if (ids.length > 0 || options.all === true) {
          throw new UsageError(
            "Cannot search among ids or ended sessions as a search finds active ones: leave them out",
          );
        }
        const { searchSessions } = await import("./commands/search-sessions.ts");
        const { filter = "", sort = "", limit = 100 } = options;
        return await searchSessions({ filter, sort, limit }, context);
      }),
    );
}

type SessionsFlags = {
  readonly all?: boolean;
  readonly filter?: string;
  readonly sort?: string;
  readonly limit?: number;
};

function addCreate(sessions: Command, run: ProgramPorts["run"]): void {
  asking(sessions.command("create"))
    .description("start a session on a fleet, without a matcher, and wait until its game has loaded it")
    .argument("<fleet>", "name of a fleet, or of an alias")
    .requiredOption("--capacity <number>", "players that it takes", parsed(wholeNumberFrom(1, 10_000)))
    .option("--name <name>", "for people")
    .option("--id <id>", "of the session; the fleet draws one if it is left out")
    .option("--property <key=value...>", "what games and searches know it by, such as map=dust")
    .option("--data <text>", "for the game, which alone understands it")
    .option(
      "--creator <id>",
      "who has it created: what one may create in a while is limited by the fleet's configuration",
    )
    .option("--token <token>", "the same token and request again are the same session")
    .option("--deny-all", "let no player in yet")
    .option("--no-wait", "answer as soon as it has begun to load")
    .action((fleet: string, options: AddressOptions & CreateFlags) =>
      run(options, async (context) => {
        const { createSession } = await import("./commands/create-session.ts");
        const { capacity, name = "", id = "", data = "", creator = "", token = "" } = options;
        const wishes = { capacity, name, data, properties: parseProperties(options.property ?? []) };
        const request = { fleet, ...wishes, battleSessionId: id, creatorId: creator, idempotencyToken: token };
        const isClosed = options.denyAll === true;
        return await createSession({ ...request, isClosed, wait: options.wait !== false }, context);
      }),
    );
}

type CreateFlags = {
  readonly capacity: number;
  readonly name?: string;
  readonly id?: string;
  readonly property?: readonly string[];
  readonly data?: string;
  readonly creator?: string;
  readonly token?: string;
  readonly denyAll?: boolean;
  readonly wait?: boolean;
};
