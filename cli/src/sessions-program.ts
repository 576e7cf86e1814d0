// The command line of `muster sessions`: finding server sessions, and what an operator does with them.
import { CreationPolicy, ProtectionPolicy } from "@muster/proto/session";
import { type Command, Option } from "commander";
import { type AddressOptions, asking, parsed } from "./arguments/asking.ts";
import { parseDuration } from "./arguments/duration.ts";
import { wholeNumberFrom } from "./arguments/numbers.ts";
import { parseProperties } from "./arguments/properties.ts";
import { UsageError } from "./arguments/usage-error.ts";
import { addSeatCommand } from "./placing-program.ts";
import type { ProgramPorts } from "./program.ts";

const PROTECTIONS = ["NONE", "TIME_LIMITED", "FULL"] as const;
type Protection = (typeof PROTECTIONS)[number];
const POLICIES = ["ACCEPT_ALL", "DENY_ALL"] as const;

/** Adds `sessions` with its commands to the program. */
export function addSessionsCommands(program: Command, run: ProgramPorts["run"]): void {
  const sessions = asking(program.command("sessions"));
  addCreate(sessions, run);
  addUpdate(sessions, run);
  addTerminate(sessions, run);
  addPlayers(sessions, run);
  addSeatCommand(sessions, run);
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
    .addOption(new Option("--protection <policy>", "once it is asked to end").choices(PROTECTIONS))
    .option("--reservation <time>", "how long a seat waits for its player, such as 30s", parsed(parseDuration))
    .option("--grace <time>", "how long it is held when the player's connection breaks", parsed(parseDuration))
    .option("--no-wait", "answer as soon as it has begun to load")
    .action((fleet: string, options: AddressOptions & CreateFlags) =>
      run(options, async (context) => {
        const { createSession } = await import("./commands/create-session.ts");
        const { capacity, name = "", id = "", data = "", creator = "", token = "" } = options;
        const wishes = { capacity, name, data, properties: parseProperties(options.property ?? []) };
        const patience = { reservationTimeoutMs: options.reservation, disconnectGraceMs: options.grace };
        const request = {
          fleet,
          ...wishes,
          ...patience,
          battleSessionId: id,
          creatorId: creator,
          idempotencyToken: token,
        };
        const isClosed = options.denyAll === true;
        const protection = options.protection && ProtectionPolicy[options.protection];
        return await createSession({ ...request, protection, isClosed, wait: options.wait !== false }, context);
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
  readonly protection?: Protection;
  readonly reservation?: number;
  readonly grace?: number;
  readonly wait?: boolean;
};

function addUpdate(sessions: Command, run: ProgramPorts["run"]): void {
  asking(sessions.command("update"))
    .description("change an active session; its game hears it")
    .argument("<id>")
    .option(
      "--capacity <number>",
      "players that it takes; not fewer than have a seat",
      parsed(wholeNumberFrom(1, 10_000)),
    )
    .option("--name <name>", "for people; empty for none")
    .addOption(new Option("--policy <policy>", "whether new players get seats").choices(POLICIES))
    .addOption(new Option("--protection <policy>", "once it is asked to end").choices(PROTECTIONS))
    .action((battleSessionId: string, options: AddressOptions & UpdateFlags) =>
      run(options, async (context) => {
        const { capacity, name, policy, protection } = options;
        if ([capacity, name, policy, protection].every((one) => one === undefined)) {
          throw new UsageError("Cannot change nothing: add --capacity, --name, --policy or --protection");
        }
        const { updateSession } = await import("./commands/update-session.ts");
        const change = { capacity, name, creationPolicy: policy && CreationPolicy[policy] };
        const settings = { ...change, protection: protection && ProtectionPolicy[protection] };
        return await updateSession(battleSessionId, settings, context);
      }),
    );
}

type UpdateFlags = {
  readonly capacity?: number;
  readonly name?: string;
  readonly policy?: (typeof POLICIES)[number];
  readonly protection?: Protection;
};

function addTerminate(sessions: Command, run: ProgramPorts["run"]): void {
  asking(sessions.command("terminate"))
    .description("ask the games to end sessions, and say how each stands then")
    .argument("<id...>")
    .option("--force", "ask nobody: end the process at once, with every session on it")
    .action((ids: string[], options: AddressOptions & { force?: boolean }) =>
      run(options, async (context) => {
        const { terminateSessions } = await import("./commands/terminate-sessions.ts");
        return await terminateSessions(ids, { force: options.force === true }, context);
      }),
    );
}

const STATES = ["RESERVED", "ACTIVE", "DISCONNECTED", "COMPLETED", "TIMED_OUT"] as const;

function addPlayers(sessions: Command, run: ProgramPorts["run"]): void {
  asking(sessions.command("players"))
    .description("who has, or had, a seat: in a session, or one player in all of them")
    .argument("[session]")
    .option("--player <id>", "this player's seats, in place of a session's")
    .addOption(new Option("--state <state>", "seats in this state alone").choices(STATES))
    .action((session: string | undefined, options: AddressOptions & PlayersFlags) =>
      run(options, async (context) => {
        const { player, state } = options;
        if ((session === undefined) === (player === undefined)) {
          throw new UsageError("Cannot list seats of both or of nothing: name a session, or --player");
        }
        const { listPlayers } = await import("./commands/session-players.ts");
        return await listPlayers({ battleSessionId: session ?? "", playerId: player ?? "", state }, context);
      }),
    );
}

type PlayersFlags = { readonly player?: string; readonly state?: (typeof STATES)[number] };
