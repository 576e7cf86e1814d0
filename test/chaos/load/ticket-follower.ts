// How a backend hears what becomes of its ticket: it asks again and again, or it watches and resumes after every break.
import { type MatcherConnection, readTicketEvent, type Ticket } from "@muster/cli";
import { backoffMs, type Random, systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { TERMINAL } from "../history/entry.ts";
import type { History } from "../history/history.ts";
import type { BackendCalls } from "./backend-calls.ts";
import { viewOf } from "./ticket-view.ts";

type Heard = { readonly hear?: (ticket: Ticket) => void };

/** The ticket in its last state; undefined if `signal` aborts before. `hear` is told of it as it was seen. */
export async function pollTicket(
  ticketId: string,
  {
    calls,
    random,
    signal,
    hear,
  }: Heard & { readonly calls: BackendCalls; readonly random: Random; readonly signal: AbortSignal },
): Promise<Ticket | undefined> {
  while (!signal.aborted) {
    const { ticket, outcome } = await calls.read(ticketId);
    if (ticket) hear?.(ticket);
    if (ticket && TERMINAL.has(ticket.state)) return ticket;
    if ("refused" in outcome) return undefined; // It never came to be: the checker knows whether that may be.
    await systemClock.sleep(100 + 400 * random.fraction(), signal).catch(() => undefined); // The loop looks itself.
  }
  return undefined;
}

export type WatchParts = {
  readonly history: History;
  readonly matcher: MatcherConnection;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Names the watch in the history. */
  readonly watcher: string;
};

/** As `pollTicket`, by a watch. */
export async function watchTicket(ticketId: string, parts: WatchParts & Heard): Promise<Ticket | undefined> {
  for await (const ticket of watchTickets({ ticketIds: [ticketId], configuration: "" }, parts)) {
    parts.hear?.(ticket);
    if (TERMINAL.has(ticket.state)) return ticket;
  }
  return undefined;
}

type Watched = { readonly ticketIds: string[]; readonly configuration: string };

/** Every change of the named tickets, or of the configuration's from now on, over any number of breaks. */
export async function* watchTickets(
  watched: Watched,
  { history, matcher, random, signal, watcher }: WatchParts,
): AsyncGenerator<Ticket> {
  let resumeToken = "";
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    history.add({ type: "watch-opened", watcher, anew: resumeToken === "" });
    const attemptEnds = new AbortController();
    try {
      const request = { ...watched, resumeToken };
      const either = AbortSignal.any([signal, attemptEnds.signal]);
      for await (const message of endSilence(
        matcher.matchmaking.watchTickets(request, { signal: either }),
        attemptEnds,
      )) {
        attempt = 1;
        const event = readTicketEvent(message);
        resumeToken = event.resumeToken || resumeToken;
        if (event.type === "HEARTBEAT") continue;
        // Whoever has accepted more is a version further, as with any other change.
        const change = event.type === "SESSION_ENDED" ? event.type : "STATE_CHANGED";
        history.add({ type: "watched", watcher, event: change, ticket: viewOf(event.ticket) });
        if (event.type !== "SESSION_ENDED") yield event.ticket;
      }
    } catch (error) {
      if (!(error instanceof MusterError)) throw error;
      if (error.reason === "CURSOR_EXPIRED") resumeToken = "";
      if (error.reason === "TICKET_NOT_FOUND") return; // As with polling.
    } finally {
      attemptEnds.abort();
    }
    await systemClock.sleep(backoffMs(attempt, random, { maxMs: 1_000 }), signal).catch(() => undefined);
  }
}

/** Heartbeats come every few seconds: after so long without any the stream is dead, whatever the socket says, in ms. */
const SILENCE_MS = 12_000;

async function* endSilence<Message>(
  messages: AsyncIterable<Message>,
  attempt: AbortController,
): AsyncGenerator<Message> {
  let timer = setTimeout(() => attempt.abort(), SILENCE_MS);
  try {
    for await (const message of messages) {
      clearTimeout(timer);
      yield message;
      timer = setTimeout(() => attempt.abort(), SILENCE_MS);
    }
  } finally {
    clearTimeout(timer);
  }
}
