// muster ticket join | decline
import { parseAttributes } from "@muster/proto";
import { connectMatcher } from "../contract/connection.ts";
import { readTicket } from "../contract/ticket.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { describeTicket } from "./print-ticket.ts";

export type JoinTicketOptions = {
  readonly ticketId: string;
  readonly playerIds: readonly string[];
  /** Of every player that joins. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly latenciesMs: Readonly<Record<string, number>>;
};

/** Players who were asked to a ticket come in; prints it as it stands then. */
export async function joinTicket(options: JoinTicketOptions, context: CommandContext): Promise<ExitCode> {
  parseAttributes("--attributes", options.attributes);
  const { ticketId, playerIds, attributes, latenciesMs } = options;
  const players = playerIds.map((playerId) => {
    return { playerId, attributes: { ...attributes }, latenciesMs: { ...latenciesMs }, team: "" };
  });
  await using matcher = connectMatcher(context.matcherAddress);
  const { signal } = context;
  const ticket = readTicket((await matcher.matchmaking.joinMatching({ ticketId, players }, { signal })).ticket);
  if (context.json) printJson(context, ticket);
  else for (const line of describeTicket(ticket)) context.terminal.print(line);
  return 0;
}

/** A player who was asked does not want to be matched; prints the ticket, which is over. */
export async function declineTicket(
  { ticketId, playerId }: { readonly ticketId: string; readonly playerId: string },
  context: CommandContext,
): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { signal } = context;
  const ticket = readTicket((await matcher.matchmaking.declineMatching({ ticketId, playerId }, { signal })).ticket);
  if (context.json) printJson(context, ticket);
  else for (const line of describeTicket(ticket)) context.terminal.print(line);
  return 0;
}
