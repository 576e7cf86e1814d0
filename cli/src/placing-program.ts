// The command line of `muster fleet placement start | stop` and `muster sessions seat`: what a matcher does otherwise, by hand.
import type { Command } from "commander";
import { type AddressOptions, asking, parsed } from "./arguments/asking.ts";
import { parseDuration } from "./arguments/duration.ts";
import { wholeNumberFrom } from "./arguments/numbers.ts";
import { parseProperties } from "./arguments/properties.ts";
import type { ProgramPorts } from "./program.ts";

/** Adds `start` and `stop` to `placement`. */
export function addPlacingCommands(placement: Command, run: ProgramPorts["run"]): void {
  const ms = parsed(parseDuration);
  asking(placement.command("start"))
    .description("ask a queue for a session, without a matcher, and wait until it has one, or has not")
    .argument("<queue>")
    .requiredOption("--capacity <number>", "players that the session takes", parsed(wholeNumberFrom(1, 10_000)))
    .option("--player <id...>", "who gets a seat at once")
    .option("--region <region...>", "only in these")
    .option("--id <id>", "of the placement; the same id and request again are the same placement")
    .option("--name <name>", "of the session, for people")
    .option("--property <key=value...>", "what games and searches know it by, such as map=dust")
    .option("--data <text>", "for the game, which alone understands it")
    .option("--timeout <time>", "give up after so long; default: as the queue says", ms)
    .option("--reservation <time>", "how long a seat waits for its player, such as 30s", ms)
    .option("--grace <time>", "how long it is held when the player's connection breaks", ms)
    .option("--no-wait", "answer as soon as it is noted")
    .action((queue: string, options: AddressOptions & StartFlags) =>
      run(options, async (context) => {
        const { startPlacement } = await import("./commands/start-placement.ts");
        const { capacity, player = [], region = [], id = "", name = "", data = "", wait } = options;
        const patience = { reservationTimeoutMs: options.reservation, disconnectGraceMs: options.grace };
        const properties = parseProperties(options.property ?? []);
        const wishes = { queue, placementId: id, capacity, name, data, properties, timeoutMs: options.timeout };
        return await startPlacement({ ...wishes, ...patience, playerIds: player, regions: region, wait }, context);
      }),
    );
  asking(placement.command("stop"))
    .description("end one that is pending, and what was begun for it")
    .argument("<id>")
    .action((id: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { stopPlacement } = await import("./commands/start-placement.ts");
        return await stopPlacement(id, context);
      }),
    );
}

/** Adds `seat` to `sessions`. */
export function addSeatCommand(sessions: Command, run: ProgramPorts["run"]): void {
  asking(sessions.command("seat"))
    .description("reserve seats for players in a session that runs, all of them or none")
    .argument("<session>")
    .argument("<player...>")
    .option("--team <name>", "in this team, where the session has teams")
    .option(
      "--roster-version <number>",
      "of the session as you know it: needed where a matcher fills it",
      parsed(wholeNumberFrom(1, Number.MAX_SAFE_INTEGER)),
    )
    .action((session: string, players: string[], options: AddressOptions & { team?: string; rosterVersion?: number }) =>
      run(options, async (context) => {
        const { seatPlayers } = await import("./commands/seat-players.ts");
        const { team = "", rosterVersion = 0 } = options;
        const seats = { battleSessionId: session, playerIds: players, team, expectedRosterVersion: rosterVersion };
        return await seatPlayers(seats, context);
      }),
    );
}

type StartFlags = {
  readonly capacity: number;
  readonly player?: string[];
  readonly region?: string[];
  readonly id?: string;
  readonly name?: string;
  readonly property?: string[];
  readonly data?: string;
  readonly timeout?: number;
  readonly reservation?: number;
  readonly grace?: number;
  readonly wait: boolean;
};
