// muster ticket start | show | cancel | watch
import { type Random, systemClock, systemRandom } from "@muster/kit";
import { MusterError, newId, parseAttributes } from "@muster/proto";
import { connectMatcher, type MatcherConnection } from "../contract/connection.ts";
import { watchResiliently } from "../contract/resilient-watch.ts";
import { isOver, readTicket, readTicketEvent, type Ticket, type TicketEvent } from "../contract/ticket.ts";
import { jsonWithoutSecrets } from "../contract/without-secrets.ts";
import { describeAcceptance, describePreparation } from "../view/describe-event.ts";
import { type CommandContext, type ExitCode, printJson } from "./context.ts";
import { drawPlayerName } from "./player-name.ts";
import { describeTicket, summarizeTicket } from "./print-ticket.ts";

/** How long the matcher may be away while a command waits, in ms: longer than it takes to start again. */
const AWAY_MS = 30_000;

export type StartTicketOptions = {
  readonly players: number;
  /** Undefined: the only one there is. */
  readonly configuration: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly latenciesMs: Readonly<Record<string, number>>;
  /** For the game server. Undefined: none. */
  readonly data: string | undefined;
  /** Who has to join first. `timeoutSeconds` 0: the default. */
  readonly asked: { readonly playerIds: readonly string[]; readonly timeoutSeconds: number };
  /** Undefined: as the configuration says. */
  readonly presenceGraceSeconds: number | undefined;
  /** Whom it seeks and what it says of itself, where a configuration matches by queries. */
  readonly query: QueryOptions;
  readonly wait: boolean;
};

export type QueryOptions = {
  readonly query?: string;
  readonly minCount?: number;
  readonly maxCount?: number;
  readonly countMultiple?: number;
  readonly stringProperties: Readonly<Record<string, string>>;
  readonly numericProperties: Readonly<Record<string, number>>;
};

/** Puts players with drawn names into the pool, and waits for what becomes of them. */
export async function startTicket(options: StartTicketOptions, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { signal } = context;
  parseAttributes("--attributes", options.attributes);
  const configuration = options.configuration ?? (await onlyConfiguration(matcher, signal));
  const ticketId = newId("ticket", systemRandom);
  const players = drawPlayers(options, systemRandom);
  const { playerIds, timeoutSeconds } = options.asked;
  const asked = playerIds.length > 0 ? { asked: { playerIds: [...playerIds], timeoutSeconds } } : {};
  const { presenceGraceSeconds } = options;
  const request = { ...options.query, configuration, ticketId, players, presenceGraceSeconds, ...asked };
  const started = await matcher.matchmaking.startMatching(request, { signal });
  let ticket = readTicket(started.ticket);
  if (options.wait) {
    if (!context.json)
      context.terminal.note(`${summarizeTicket(ticket)}; waiting (Ctrl-C ends the wait, not the ticket)`);
    for await (const event of watch(matcher, { ticketIds: [ticketId], configuration: "", onlooker: false }, signal)) {
      if (event.type === "HEARTBEAT") continue;
      ticket = event.ticket;
      if (event.type === "STATE_CHANGED") noteProposal(ticket, context);
      if (isOver(ticket.state)) break;
    }
  }
  printTicket(ticket, context);
  return isOver(ticket.state) && ticket.state !== "COMPLETED" ? 1 : 0;
}

/** Nobody else will answer for players whom this command drew. */
function noteProposal({ ticketId, state, proposal }: Ticket, { json, terminal }: CommandContext): void {
  if (json || state !== "REQUIRES_ACCEPTANCE") return;
  terminal.note(
    `A match is proposed, until ${proposal?.expiresAt ?? "?"}: npx muster ticket accept ${ticketId}, or refuse`,
  );
}

/** Prints the tickets as they stand. */
export async function showTickets(ticketIds: readonly string[], context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const request = { ticketIds: [...ticketIds] };
  const { tickets } = await matcher.matchmaking.describeMatchingProgress(request, { signal: context.signal });
  for (const ticket of tickets) printTicket(readTicket(ticket), context);
  return 0;
}

/** Takes a ticket out of the search. */
export async function cancelTicket(ticketId: string, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const { ticket } = await matcher.matchmaking.cancelMatching({ ticketId }, { signal: context.signal });
  printTicket(readTicket(ticket), context);
  return 0;
}

export type WatchTicketsOptions = {
  readonly ticketIds: readonly string[];
  readonly configuration: string;
  readonly playerId?: string | undefined;
  /** Is nobody's presence. */
  readonly onlooker: boolean;
};

/** Prints every event as it happens, until Ctrl-C; with named tickets, until all of them are over. */
export async function watchTickets(options: WatchTicketsOptions, context: CommandContext): Promise<ExitCode> {
  await using matcher = connectMatcher(context.matcherAddress);
  const open = new Set(options.ticketIds);
  for await (const event of watch(matcher, options, context.signal)) {
    if (event.type === "HEARTBEAT") continue;
    const { resumeToken: _, ...shown } = event;
    if (context.json) context.terminal.print(jsonWithoutSecrets(shown));
    else context.terminal.print(`${clockTime(event.at)} ${describeEvent(event)}`);
    if (isOver(event.ticket.state)) open.delete(event.ticket.ticketId);
    if (options.ticketIds.length > 0 && open.size === 0) break;
  }
  return 0;
}

function watch(
  matcher: MatcherConnection,
  { ticketIds, configuration, playerId, onlooker }: WatchTicketsOptions,
  signal: AbortSignal,
): AsyncIterable<TicketEvent> {
  return watchResiliently(
    {
      open: async function* (resumeToken, stop) {
        const request = { ticketIds: [...ticketIds], configuration, playerId, resumeToken, onlooker };
        for await (const message of matcher.matchmaking.watchTickets(request, { signal: stop })) {
          yield readTicketEvent(message);
        }
      },
      tokenOf: (event) => event.resumeToken,
      clock: systemClock,
      random: systemRandom,
      awayMs: AWAY_MS,
    },
    signal,
  );
}

async function onlyConfiguration(matcher: MatcherConnection, signal: AbortSignal): Promise<string> {
  const { configurations } = await matcher.configurations.listConfigurations({}, { signal });
  const [only, ...others] = configurations.map(({ name }) => name);
  if (only !== undefined && others.length === 0) return only;
  const present = only === undefined ? "there is none" : `there are ${[only, ...others].join(", ")}`;
  const message = `Cannot choose a configuration as ${present}: name one with --config-name`;
  throw new MusterError("CONFIGURATION_NOT_FOUND", message);
}

function drawPlayers({ players, attributes, latenciesMs, data }: StartTicketOptions, random: Random) {
  const names = new Set<string>();
  while (names.size < players) names.add(drawPlayerName(random));
  return [...names].map((playerId) => ({
    playerId,
    attributes: { ...attributes },
    latenciesMs: { ...latenciesMs },
    team: "",
    data,
  }));
}

function printTicket(ticket: Ticket, context: CommandContext): void {
  if (context.json) printJson(context, ticket);
  else for (const line of describeTicket(ticket)) context.terminal.print(line);
}

function describeEvent(event: Exclude<TicketEvent, { type: "HEARTBEAT" }>): string {
  if (event.type === "SESSION_ENDED") {
    return `${event.ticket.ticketId} SESSION_ENDED ${event.sessionEndCause ?? ""}`.trimEnd();
  }
  const { ticket } = event;
  if (ticket.preparation) return `${summarizeTicket(ticket)}, ${describePreparation(ticket)}`;
  return ticket.proposal ? `${summarizeTicket(ticket)}, ${describeAcceptance(ticket)}` : summarizeTicket(ticket);
}

function clockTime(at: string | undefined): string {
  return at?.slice(11, 19) ?? "--:--:--";
}
