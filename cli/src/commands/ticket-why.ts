// muster ticket why
import { readExplanations } from "@muster/proto/matchmaking";
import { connectMatcher } from "../contract/connection.ts";
import { readTicket } from "../contract/ticket.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { describeExplanations } from "./describe-explanation.ts";

/** Prints why the ticket still searches. @throws {MusterError} TICKET_NOT_FOUND, TICKET_NOT_SEARCHING. */
export async function explainTicket(ticketId: string, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const response = await matcher.matchmaking.explainTicket({ ticketId }, { signal: context.signal });
  const ticket = readTicket(response.ticket);
  const [preferred, ...alternatives] = readExplanations(response);
  if (context.json) printJson(context, { ticket, ...preferred, alternatives });
  else for (const line of describeExplanations(ticket, [preferred, ...alternatives])) context.terminal.print(line);
  return 0;
}
