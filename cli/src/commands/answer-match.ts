// muster ticket accept | refuse
import { MusterError } from "@muster/proto";
import { MatchAnswer } from "@muster/proto/matchmaking";
import { connectMatcher } from "../contract/connection.ts";
import { readTicket } from "../contract/ticket.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { describeTicket } from "./print-ticket.ts";

export type AnswerMatchOptions = {
  readonly ticketId: string;
  readonly answer: "ACCEPT" | "REFUSE";
  /** Empty: all players of the ticket. */
  readonly playerIds: readonly string[];
  /** Undefined: the match that is proposed now. */
  readonly matchId: string | undefined;
};

/** Answers for players of a ticket, and prints it as it stands then. */
export async function answerMatch(options: AnswerMatchOptions, context: CommandContext): Promise<ExitCode> {
  const { ticketId, answer, playerIds } = options;
  const { signal } = context;
  await using matcher = connectMatcher(context.matcherAddress);
  const { tickets } = await matcher.matchmaking.describeMatchingProgress({ ticketIds: [ticketId] }, { signal });
  const before = readTicket(tickets[0]);
  const matchId = options.matchId ?? before.matchId;
  if (matchId === undefined) {
    const why = `Cannot answer for ticket ${ticketId} as no match is proposed to it: it is ${before.state}`;
    throw new MusterError("PROPOSAL_NOT_FOUND", why, { metadata: { state: before.state } });
  }
  const request = {
    ticketId,
    matchId,
    playerIds: playerIds.length > 0 ? [...playerIds] : before.players.map(({ playerId }) => playerId),
    answer: MatchAnswer[answer],
  };
  const ticket = readTicket((await matcher.matchmaking.acceptMatch(request, { signal })).ticket);
  if (context.json) printJson(context, ticket);
  else for (const line of describeTicket(ticket)) context.terminal.print(line);
  return 0;
}
