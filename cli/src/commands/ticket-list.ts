// muster ticket list | history: looking back
import { systemClock } from "@muster/kit";
import { readEnum, writeEnum } from "@muster/proto";
import {
  SeatedBy,
  type TicketAttempt,
  TicketAttemptType,
  TicketEventType,
  TicketState,
  type TicketTransition,
} from "@muster/proto/matchmaking";
import { SessionEndCause } from "@muster/proto/session";
import { formatDuration } from "../arguments/duration.ts";
import type { TicketStateWord } from "../arguments/ticket-state.ts";
import { connectMatcher } from "../contract/connection.ts";
import { readTicket, type Ticket } from "../contract/ticket.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { formatTable } from "./format-table.ts";
import { summarizeTicket } from "./print-ticket.ts";

const PAGE_MAX = 100;

export type TicketListOptions = {
  /** Undefined: all. */
  readonly configuration: string | undefined;
  readonly states: readonly TicketStateWord[];
  readonly playerId: string | undefined;
  /** Made within so many ms before now; undefined: whenever. */
  readonly withinMs: number | undefined;
  readonly limit: number;
};

/** Prints the newest tickets that are selected, newest first. With --json one a line. */
export async function listTickets(options: TicketListOptions, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { configuration = "", states, playerId = "", withinMs, limit } = options;
  const createdFrom = withinMs === undefined ? undefined : new Date(systemClock.wallMs() - withinMs);
  const filter = { configuration, states: states.map((state) => writeEnum(TicketState, state)), playerId, createdFrom };
  const found: Ticket[] = [];
  let pageToken = "";
  do {
    const pageSize = Math.min(limit - found.length, PAGE_MAX);
    const request = { ...filter, pageSize, pageToken };
    const page = await matcher.matchmaking.listTickets(request, { signal: context.signal });
    found.push(...page.tickets.map(readTicket));
    pageToken = page.nextPageToken;
  } while (pageToken !== "" && found.length < limit);
  if (context.json) for (const ticket of found) printJson(context, ticket);
  else for (const line of ticketTable(found)) context.terminal.print(line);
  if (pageToken !== "" && !context.json) context.terminal.note(`There are more than ${limit}: see --limit`);
  return 0;
}

function ticketTable(tickets: readonly Ticket[]): readonly string[] {
  const head = ["TICKET", "STATE", "CONFIGURATION", "CREATED", "PLAYERS"];
  const rows = tickets.map(({ ticketId, state, cause, configuration, createdAt, players }) => {
    const names = players.map(({ playerId }) => playerId).join(", ");
    return [ticketId, cause === undefined ? state : `${state} (${cause})`, configuration, createdAt ?? "?", names];
  });
  return formatTable(head, rows);
}

/** Prints everything that became of the ticket, oldest first. */
export async function showHistory(ticketId: string, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { signal } = context;
  const history = await matcher.matchmaking.describeTicketHistory({ ticketId }, { signal });
  const { ticket, attemptsIncomplete } = history;
  const steps = history.transitions.map(readTransition);
  const attempts = history.attempts.map(readAttempt);
  if (context.json) {
    printJson(context, { ticket: readTicket(ticket), transitions: steps, attempts, attemptsIncomplete });
    return 0;
  }
  context.terminal.print(summarizeTicket(readTicket(ticket)));
  const told = [
    ...steps.map((step) => ({
      ...step,
      word: step.type === "SESSION_ENDED" ? step.type : step.state,
      what: describeStep(step),
    })),
    ...attempts.map((attempt) => ({ ...attempt, word: "", what: describeAttempt(attempt) })),
  ].toSorted((one, other) => one.sequence - other.sequence);
  const rows = told.map(({ at, afterMs, word, what }) => [at ?? "?", `+${formatDuration(afterMs)}`, word, what]);
  for (const line of formatTable(["AT", "AFTER", "STATE", "WHAT"], rows)) context.terminal.print(line);
  if (attemptsIncomplete)
    context.terminal.note("The journal tells only of a part: fills and placements may be missing");
  return 0;
}

function readTransition(message: TicketTransition) {
  return {
    type: readEnum(TicketEventType, message.type) ?? "?",
    version: message.version,
    state: readEnum(TicketState, message.state) ?? "?",
    at: message.at?.toISOString(),
    afterMs: message.afterMs,
    cause: message.cause || undefined,
    matchId: message.matchId || undefined,
    battleSessionId: message.battleSessionId || undefined,
    seatedBy: readEnum(SeatedBy, message.seatedBy),
    sessionEndCause: readEnum(SessionEndCause, message.sessionEndCause),
    playersAccepted: message.playersAccepted,
    sequence: message.sequence,
  };
}

function readAttempt(message: TicketAttempt) {
  return {
    type: readEnum(TicketAttemptType, message.type) ?? "?",
    at: message.at?.toISOString(),
    afterMs: message.afterMs,
    cause: message.cause || undefined,
    matchId: message.matchId || undefined,
    attempt: message.attempt || undefined,
    fillId: message.fillId || undefined,
    battleSessionId: message.battleSessionId || undefined,
    sequence: message.sequence,
  };
}

/** Exported for its test. */
export function describeAttempt(attempt: Omit<ReturnType<typeof readAttempt>, "at" | "afterMs" | "sequence">): string {
  const { type, cause, matchId, fillId, battleSessionId } = attempt;
  if (type === "FILL_DECIDED") return `to join ${battleSessionId} (${fillId})`;
  if (type === "FILL_DROPPED") return `not in ${battleSessionId}: ${cause} (${fillId})`;
  return `attempt ${attempt.attempt} to place ${matchId}: ${cause}`;
}

/** Exported for its test. */
export function describeStep(step: Omit<ReturnType<typeof readTransition>, "at">): string {
  const parts = [
    ...[step.cause, step.matchId, step.sessionEndCause],
    step.battleSessionId && `in ${step.battleSessionId}`,
    step.seatedBy === "BACKFILL" ? "by a backfill" : undefined,
    step.state === "REQUIRES_ACCEPTANCE" ? `${step.playersAccepted} accepted` : undefined,
  ];
  return parts.filter((part) => part !== undefined && part !== "").join(", ");
}
