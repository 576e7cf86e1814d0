// muster ticket list | history
import type { Command } from "commander";
import { type AddressOptions, asking, parsed } from "./arguments/asking.ts";
import { parseDuration } from "./arguments/duration.ts";
import { wholeNumberFrom } from "./arguments/numbers.ts";
import { parseTicketState, type TicketStateWord, ticketStates } from "./arguments/ticket-state.ts";
import type { ProgramPorts } from "./program.ts";

type TicketListFlags = {
  readonly configName?: string;
  readonly state?: readonly TicketStateWord[];
  readonly player?: string;
  readonly within?: number;
  readonly limit: number;
};

export function addTicketListCommands(ticket: Command, run: ProgramPorts["run"]): void {
  asking(ticket.command("list"))
    .description("the newest tickets: those that search, and those that have ended and are still remembered")
    .option("--config-name <name>", "only of this matchmaking configuration")
    .option("--state <state...>", `only in these: ${ticketStates.join(", ")}`, collectStates)
    .option("--player <id>", "only of this player")
    .option("--within <time>", "only those made in this time up to now, such as 10m", parsed(parseDuration))
    .option("--limit <number>", "how many at most", parsed(wholeNumberFrom(1, 10_000)), 20)
    .action((options: AddressOptions & TicketListFlags) =>
      run(options, async (context) => {
        const { listTickets } = await import("./commands/ticket-list.ts");
        const { configName: configuration, state: states = [], player: playerId, within: withinMs, limit } = options;
        return await listTickets({ configuration, states, playerId, withinMs, limit }, context);
      }),
    );
  asking(ticket.command("history"))
    .description("everything that became of a ticket: when, why, in which match, by a backfill or not")
    .argument("<id>")
    .action((id: string, options: AddressOptions) =>
      run(options, async (context) => {
        const { showHistory } = await import("./commands/ticket-list.ts");
        return await showHistory(id, context);
      }),
    );
}

function collectStates(text: string, before: readonly TicketStateWord[] = []): readonly TicketStateWord[] {
  return [...new Set([...before, parsed(parseTicketState)(text)])];
}
