// The command line of `muster ticket`: tickets, as a backend would start, follow and end them.
import type { Command } from "commander";
import { type AddressOptions, asking, parsed } from "./arguments/asking.ts";
import { wholeNumberFrom } from "./arguments/numbers.ts";
import { parseJsonObject, parsePairs } from "./arguments/pairs.ts";
import { parseTicketProperties, type TicketProperties } from "./arguments/ticket-properties.ts";
import type { ProgramPorts } from "./program.ts";
import { addTicketListCommands } from "./ticket-list-program.ts";

/** Adds `ticket` with its commands to the program. */
export function addTicketCommands(program: Command, run: ProgramPorts["run"]): void {
  const ticket = program
    .command("ticket")
    .description("tickets: start, join, decline, show, list, history, why, accept, refuse, cancel, watch");
  asking(ticket.command("start"))
    .description("send players with drawn names, and wait for what becomes of them")
    .option("-p, --players <number>", "how many, as one party", parsed(wholeNumberFrom(1, 100)), 1)
    .option("--config-name <name>", "matchmaking configuration; not needed where there is only one")
    .option("--attributes <json>", "of every player, such as '{\"skill\":1}'", parsed(parseJsonObject), {})
    .option("--latencies <pairs>", "round trips in ms by region, such as eu-west=20,us-east=90", parsed(parsePairs), {})
    .option("--data <text>", "of every player, for the game server")
    .option("--ask <player...>", "players who have to join before the search begins: muster ticket join")
    .option("--ask-seconds <seconds>", "how long they have; default 60", parsed(wholeNumberFrom(1, 3_600)))
    .option(
      "--presence <seconds>",
      "cancel it when nobody has watched it for so long; 0: never; default: as configured",
      parsed(wholeNumberFrom(0, 3_600)),
    )
    .option("--query <query>", "by queries: whom it seeks, such as '+properties.region:eu'; default anybody")
    .option("--min <number>", "by queries: the fewest players of a match", parsed(wholeNumberFrom(0, 10_000)))
    .option("--max <number>", "by queries: the most players of a match", parsed(wholeNumberFrom(0, 10_000)))
    .option("--multiple <number>", "by queries: a match has a multiple of so many", parsed(wholeNumberFrom(0, 10_000)))
    .option("--properties <json>", 'by queries: such as \'{"region":"eu","rank":8}\'', parsed(parseTicketProperties))
    .option("--wait", "wait for the outcome (the default)")
    .option("--no-wait", "answer as soon as the ticket is in the pool")
    .action((options: AddressOptions & TicketStartFlags) =>
      run(options, async (context) => {
        const { startTicket } = await import("./commands/ticket.ts");
        const { players, configName, attributes, latencies, wait, data } = options;
        const asked = { playerIds: options.ask ?? [], timeoutSeconds: options.askSeconds ?? 0 };
        const shared = { attributes, latenciesMs: latencies, data, wait: wait !== false };
        const { presence: presenceGraceSeconds } = options;
        const query = queryOf(options);
        const start = { players, configuration: configName, asked, presenceGraceSeconds, query, ...shared };
        return await startTicket(start, context);
      }),
    );
  asking(ticket.command("join"))
    .description("players who were asked to a ticket come in")
    .argument("<id>")
    .argument("<player...>")
    .option("--attributes <json>", "of every player who joins, such as '{\"skill\":1}'", parsed(parseJsonObject), {})
    .option("--latencies <pairs>", "round trips in ms by region, such as eu-west=20,us-east=90", parsed(parsePairs), {})
    .action(
      (id: string, playerIds: string[], options: AddressOptions & Pick<TicketStartFlags, "attributes" | "latencies">) =>
        run(options, async (context) => {
          const { joinTicket } = await import("./commands/join-ticket.ts");
          const { attributes, latencies } = options;
          return await joinTicket({ ticketId: id, playerIds, attributes, latenciesMs: latencies }, context);
        }),
    );
  asking(ticket.command("decline"))
    .description("a player who was asked to a ticket does not want to be matched: it is cancelled for all")
    .argument("<id>")
    .argument("<player>")
    .action((id: string, playerId: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { declineTicket } = await import("./commands/join-ticket.ts");
        return await declineTicket({ ticketId: id, playerId }, context);
      }),
    );
  asking(ticket.command("show"))
    .description("tickets as they stand")
    .argument("<id...>")
    .action((ids: string[], options: AddressOptions) =>
      run(options, async (context) => {
        const { showTickets } = await import("./commands/ticket.ts");
        return await showTickets(ids, context);
      }),
    );
  asking(ticket.command("why"))
    .description("why a ticket still searches: who fits, who comes nearest, what is missing, what waiting will loosen")
    .argument("<id>")
    .action((id: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { explainTicket } = await import("./commands/ticket-why.ts");
        return await explainTicket(id, context);
      }),
    );
  const answers = { accept: "ACCEPT", refuse: "REFUSE" } as const;
  for (const word of ["accept", "refuse"] as const) {
    asking(ticket.command(word))
      .description(`${word} the match that is proposed to a ticket, for its players`)
      .argument("<id>")
      .option("--player <id...>", "only for these of its players; default: all")
      .option("--match <id>", "only if it is this match; default: the one that is proposed now")
      .action((id: string, options: AddressOptions & { player?: readonly string[]; match?: string }) =>
        run(options, async (context) => {
          const { answerMatch } = await import("./commands/answer-match.ts");
          const { player = [], match } = options;
          const answer = { ticketId: id, answer: answers[word], playerIds: player, matchId: match };
          return await answerMatch(answer, context);
        }),
      );
  }
  asking(ticket.command("cancel"))
    .description("take a ticket out of the search")
    .argument("<id>")
    .action((id: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { cancelTicket } = await import("./commands/ticket.ts");
        return await cancelTicket(id, context);
      }),
    );
  asking(ticket.command("watch"))
    .description("every change of the tickets named, of a player, of a configuration, or of all")
    .argument("[id...]")
    .option("--config-name <name>", "tickets of this matchmaking configuration")
    .option("--player <id>", "tickets of this player")
    .option("--hold", "be their owner's presence, for tickets that end without one; default: look on")
    .action((ticketIds: string[], options: AddressOptions & TicketWatchFlags) =>
      run(options, async (context) => {
        const { watchTickets } = await import("./commands/ticket.ts");
        const { configName: configuration = "", player: playerId, hold = false } = options;
        return await watchTickets({ ticketIds, configuration, playerId, onlooker: !hold }, context);
      }),
    );
  addTicketListCommands(ticket, run);
}

type TicketWatchFlags = { readonly configName?: string; readonly player?: string; readonly hold?: boolean };
function queryOf({ query, min, max, multiple, properties }: TicketStartFlags) {
  return {
    ...(query === undefined ? {} : { query }),
    ...(min === undefined ? {} : { minCount: min }),
    ...(max === undefined ? {} : { maxCount: max }),
    ...(multiple === undefined ? {} : { countMultiple: multiple }),
    ...(properties ?? { stringProperties: {}, numericProperties: {} }),
  };
}

type TicketStartFlags = {
  readonly query?: string;
  readonly min?: number;
  readonly max?: number;
  readonly multiple?: number;
  readonly properties?: TicketProperties;
  readonly players: number;
  readonly configName?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly latencies: Readonly<Record<string, number>>;
  readonly data?: string;
  readonly ask?: readonly string[];
  readonly askSeconds?: number;
  readonly presence?: number;
  readonly wait?: boolean;
};
