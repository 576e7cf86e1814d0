// The command line: which commands and options there are. What a command does is loaded when it is run, so that help and
// mistakes answer at once.
import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { parseServiceAddress } from "./arguments/address.ts";
import { type AddressOptions, asking, parsed, type RunOptions, withJson } from "./arguments/asking.ts";
import { parseDuration } from "./arguments/duration.ts";
import { numberFrom, wholeNumberFrom } from "./arguments/numbers.ts";
import { parseJsonObject } from "./arguments/pairs.ts";
import { UsageError } from "./arguments/usage-error.ts";
import { addBackfillCommands } from "./backfill-program.ts";
import type { CommandContext, ExitCode } from "./commands/context.ts";
import type { SimulateFlags } from "./commands/simulate.ts";
import type { PopulationFlags } from "./commands/simulate-population.ts";
import { addConfigurationCommands } from "./configuration-program.ts";
import { addConformanceCommand } from "./conformance-program.ts";
import { addEventsCommands } from "./events-program.ts";
import { addFleetCommands } from "./fleet-program.ts";
import { addJournalCommands } from "./journal-program.ts";
import { addKeysCommands } from "./keys-program.ts";
import { addPartyCommands } from "./party-program.ts";
import { addProjectCommands } from "./project-program.ts";
import { addQueryCommands } from "./query-program.ts";
import { addSessionsCommands } from "./sessions-program.ts";
import { addTicketCommands } from "./ticket-program.ts";

type Options = Readonly<Record<string, unknown>>;
export type ProgramPorts = {
  /** Runs one command with its context, and ends the process as it says. */
  readonly run: (options: RunOptions, command: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;
  /** Runs a service in this process, under the given variables. */
  readonly runService: (
    name: "matcher" | "mock-fleet" | "sidecar",
    variables: Readonly<Record<string, string | undefined>>,
    args: readonly string[],
  ) => Promise<void>;
};

/** The whole command line. `parseAsync` runs it. */
export function buildProgram({ run, runService }: ProgramPorts): Command {
  const program = new Command("muster")
    .description("Muster: matches players into battles and refills running ones.")
    .version(readVersion())
    .enablePositionalOptions()
    .showHelpAfterError("Run it with --help to see what there is.");

  withJson(program.command("dev"))
    .description("run matcher, mock fleet and what goes with them on this machine, with a live view")
    .argument("[command...]", "after --: start this server, in any language, instead of reading a file")
    .option("-c, --config <file>", "muster.json to run")
    .option("--for <time>", "stop after this time, such as 30s", parsed(parseDuration))
    .option("--players-per-second <number>", "players that companions send", parsed(numberFrom(0.01, 1_000)))
    .option("--data <folder>", "where journals and logs are kept", ".muster")
    .option("--fresh", "forget what an earlier run left there")
    .option("--plain", "one line an event instead of the live view")
    .option("--debug", "wait for servers that stand at a breakpoint: no health verdicts, no timeouts")
    .option("--watch", "start servers anew when a file in their folder changes; tickets stay")
    .option("--watch-path <path>", "with --watch: this folder instead; may be given again", collect, [])
    .option("--watch-ignore <name>", "with --watch: not files and folders of this name, * for any text", collect, [])
    .option(
      "--grace <time>",
      "with --watch: how long battles may go on, such as 30s (default: 0s)",
      parsed(parseDuration),
    )
    .option("--matcher-port <port>", "of the matcher", parsed(wholeNumberFrom(1, 65_535)), 7410)
    .option("--fleet-port <port>", "of the mock fleet", parsed(wholeNumberFrom(1, 65_535)), 7420)
    .option(
      "--matcher-http-port <port>",
      "of the matcher's JSON over HTTP (default: 7411)",
      parsed(wholeNumberFrom(1, 65_535)),
    )
    .option("--fleet-http-port <port>", "of the mock fleet's (default: 7421)", parsed(wholeNumberFrom(1, 65_535)))
    .passThroughOptions()
    .action((command: string[], options: Options) =>
      run(noAddresses(options), async (context) => {
        const { runDev } = await import("./commands/dev.ts");
        return await runDev({ ...(options as DevFlags), command }, context);
      }),
    );

  service(program.command("matcher"), "7410")
    .description("run the matcher alone")
    .option("--fleet <address>", "the fleet that it places matches on", parsed(parseServiceAddress))
    .action((options: Options) =>
      runService(
        "matcher",
        { ...serviceVariables(options, "MATCHER"), MUSTER_FLEET_ADDRESS: textOf(options.fleet) },
        [],
      ),
    );
  const fleet = service(program.command("fleet"), "7420")
    .description("run the mock fleet alone; with one of its commands, ask the one that runs")
    .option("--debug", "wait for servers that stand at a breakpoint: no health verdicts, no timeouts")
    .action((options: Options) => {
      const debug = options.debug === true ? "true" : undefined;
      return runService("mock-fleet", { ...serviceVariables(options, "FLEET"), MUSTER_FLEET_DEBUG: debug }, []);
    });
  addFleetCommands(fleet, run);
  addEventsCommands(program, run);
  program
    .command("sidecar")
    .description("run a sidecar with the server that it attends; its variables are in docs/reference/environment.md")
    .argument("[command...]", "after --: the server and its arguments; without, a server that runs already joins it")
    .option("--unsafe-listen", "listen where other machines reach it too: whoever does may speak for the game")
    .passThroughOptions()
    .action((command: string[], { unsafeListen }: Options) =>
      runService("sidecar", {}, [...(unsafeListen ? ["--unsafe-listen"] : []), "--", ...command]),
    );

  addConformanceCommand(program, run);
  addTicketCommands(program, run);
  addPartyCommands(program, run, parseJsonObject);
  addBackfillCommands(program, run);
  addJournalCommands(program, run);

  const player = program.command("player").description("personal data of players: erase");
  asking(player.command("erase"))
    .description("forget a player who waits for no match and sits in no battle, in answers and on disk")
    .argument("<id>")
    .action((id: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { erasePlayer } = await import("./commands/player.ts");
        return await erasePlayer(id, context);
      }),
    );

  asking(program.command("status"))
    .description("how matcher and fleet are doing: versions, whether they serve, what waits, plays and lags")
    .action((options: AddressOptions) =>
      run(options, async (context) => {
        const { showStatus } = await import("./commands/status.ts");
        return await showStatus(context);
      }),
    );
  withJson(program.command("key"))
    .description("draw a key for a caller of matcher and fleet, and what of it stands in muster.json")
    .action((options: Options) =>
      run(noAddresses(options), async (context) => {
        const { drawKey } = await import("./commands/key.ts");
        return drawKey(context);
      }),
    );

  addKeysCommands(program, run);
  addConfigurationCommands(program, run);
  addQueryCommands(program, run);
  addSimulateCommand(program, run);

  addProjectCommands(program, { run, version: readVersion() });

  addSessionsCommands(program, run);
  addPingCommand(program, run);

  asking(program.command("logs"))
    .description("output of a server process; without one, which processes there are")
    .argument("[process]", "id or the beginning of one, a session, or a fleet: with one process, or any with --follow")
    .option("-f, --follow", "go on with what is written from now on")
    .option("--tail <bytes>", "only the last bytes", parsed(wholeNumberFrom(1, 1_000_000_000)))
    .action((process: string | undefined, options: AddressOptions & { follow?: boolean; tail?: number }) =>
      run(options, async (context) => {
        const { readLogs } = await import("./commands/logs.ts");
        return await readLogs({ process, follow: options.follow === true, tailBytes: options.tail ?? 0 }, context);
      }),
    );
  return program;
}

export type DevFlags = {
  readonly config?: string;
  readonly for?: number;
  readonly playersPerSecond?: number;
  readonly data: string;
  readonly fresh?: boolean;
  readonly plain?: boolean;
  readonly debug?: boolean;
  readonly watch?: boolean;
  readonly watchPath?: readonly string[];
  readonly watchIgnore?: readonly string[];
  /** In ms. */
  readonly grace?: number;
  readonly json?: boolean;
  readonly matcherPort: number;
  readonly fleetPort: number;
  readonly matcherHttpPort?: number;
  readonly fleetHttpPort?: number;
  /** Empty: none was given. */
  readonly command: readonly string[];
};

function addPingCommand(program: Command, run: ProgramPorts["run"]): void {
  asking(program.command("ping"))
    .description("how far the fleet's regions are from here")
    .argument("[region...]", "only these")
    .option("--count <number>", "round trips of each", parsed(wholeNumberFrom(1, 100)), 5)
    .option("--timeout <time>", "after so long an answer counts as lost", parsed(parseDuration), 1_000)
    .addOption(
      new Option("--via <way>", "only by this way (default: udp where there is an echo)").choices(["udp", "http"]),
    )
    .action((regions: string[], options: AddressOptions & { count: number; timeout: number; via?: "udp" | "http" }) =>
      run(options, async (context) => {
        const { pingRegions } = await import("./commands/ping.ts");
        const { count, timeout: timeoutMs, via } = options;
        return await pingRegions({ regions, count, timeoutMs, via }, context);
      }),
    );
}

function addSimulateCommand(program: Command, run: ProgramPorts["run"]): void {
  withJson(program.command("simulate"))
    .description(
      "try a configuration, without a service: what it makes of tickets that come at given times, or are drawn",
    )
    .requiredOption("--configuration <file>", "matchmaking configuration as JSON, its rule set in it")
    .option("--tickets <file>", "one event a line as JSON, sorted by time; docs/simulate.md has them")
    .addOption(
      new Option("--population <file>", "draw the tickets from this description; docs/populations.md").conflicts(
        "tickets",
      ),
    )
    .option(
      "--until <seconds>",
      "when to stop; default: the last event and the request timeout",
      parsed(numberFrom(0, 1e9)),
    )
    .option("--seed <number>", "repeats what is left to chance", parsed(wholeNumberFrom(0, 4_294_967_295)))
    .option("--vary <target=values>", "of a population: compare variants, such as rules[fair].maxDistance=50,100")
    .option("--chart <file>", "of a population: draw waiting against quality as SVG")
    .option("--quality <rule>", "what the chart shows; default: what the first rule measures")
    .option("--write-tickets <file>", "of a population: keep what was drawn, for --tickets")
    .action((options: Options) =>
      run(noAddresses(options), async (context) => {
        if (options.population !== undefined) {
          const { simulatePopulation } = await import("./commands/simulate-population.ts");
          return await simulatePopulation(options as PopulationFlags, context);
        }
        checkTicketFlags(options);
        const { runSimulation } = await import("./commands/simulate.ts");
        return await runSimulation(options as SimulateFlags, context);
      }),
    );
}

/** @throws {UsageError} There is nothing to simulate, or a flag that only a population has a use for. */
function checkTicketFlags(options: Options): void {
  if (options.tickets === undefined) {
    throw new UsageError("Cannot simulate nobody: say who comes by --tickets FILE or --population FILE");
  }
  const alone = ["vary", "chart", "quality", "writeTickets"].find((name) => options[name] !== undefined);
  if (alone !== undefined) {
    throw new UsageError("Cannot take --vary, --chart, --quality or --write-tickets as they go with --population");
  }
}

/** A command that asks services. */
function service(command: Command, port: string): Command {
  return command
    .option("-c, --config <file>", "muster.json to read (default: MUSTER_CONFIG, or muster.json)")
    .option("--data <folder>", "where its journal is kept (default: MUSTER_DATA, or .muster)")
    .option("--bind <address>", `where to listen (default: 127.0.0.1:${port})`)
    .option("--http <address>", `where to listen for JSON over HTTP, or off (default: 127.0.0.1:${Number(port) + 1})`)
    .option("--log-level <level>", "debug, info, warn, error or silent")
    .option("--take-over", "take the journal over from an owner that may still live")
    .option("--unsafe-listen", "listen where other machines reach it though it is plain text, or asks for no keys");
}

function serviceVariables(
  options: Options,
  service: "MATCHER" | "FLEET",
): Readonly<Record<string, string | undefined>> {
  return {
    MUSTER_CONFIG: textOf(options.config),
    MUSTER_DATA: textOf(options.data),
    MUSTER_LOG_LEVEL: textOf(options.logLevel),
    MUSTER_TAKE_OVER: options.takeOver === true ? "true" : undefined,
    MUSTER_UNSAFE_LISTEN: options.unsafeListen === true ? "true" : undefined,
    [`MUSTER_${service}_BIND`]: textOf(options.bind),
    [`MUSTER_${service}_HTTP`]: textOf(options.http),
  };
}

function noAddresses(options: Options): RunOptions {
  return { matcher: "", fleet: "", json: options.json === true, ownSignals: true };
}

/** Of an option that may be given again. */
function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Of the package: its manifest lies beside src in a checkout, and beside dist in an installation. */
function readVersion(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  );
  return version;
}
