// The clients' side of the story, held against a model that a page can hold: a ticket is not there, or there in a version.
// It reads what clients asked and were told, and which facts became durable; it shares nothing with the matcher.
//   acknowledged: done, once. refused: not done by that request. unknown: one of both, and asking again tells which.
//   A read shows what is at some moment between its question and its answer; so nobody is ever shown an older version than
//   somebody was shown before that question.
import type { Books } from "../checkers/books/books.ts";
import { isCallOf, type OpenCall, okOf } from "../checkers/books/call-book.ts";
import { BrokenPromise, type Checker } from "../checkers/checker.ts";
import { shownTickets } from "../checkers/shown-tickets.ts";
import type { Outcome } from "../observation.ts";

const NAME = "HISTORY";

type Ask = {
  /** The request as text: what tells it from another under the same id. */
  readonly body: string;
  outcome: "pending" | "done" | "refused" | "unknown";
};

type Line = {
  readonly starts: Map<number, Ask>;
  readonly cancels: Map<number, Ask>;
  /** What it was made of. */
  players: string | undefined;
  createdTick: number;
  cancelled: boolean;
  /** The newest version that anybody was shown, and when. */
  shown: { readonly version: number; readonly tick: number } | undefined;
};

/** Refusals that say nothing of the request itself: the service was not able to look at it. */
const NOT_LOOKED_AT: ReadonlySet<string> = new Set([
  "SERVICE_NOT_READY",
  "JOURNAL_FULL",
  "OVERLOADED",
  "PEER_UNREACHABLE",
]);

/**
 * Refusals for what may be otherwise a moment later: where the network delivers a request twice, the second may be carried out
 * after the first was refused.
 */
const PASSING: ReadonlySet<string> = new Set([
  ...["PLAYER_ALREADY_QUEUED", "PLAYER_ALREADY_SEATED", "POOL_FULL", "ATTRIBUTE_INVALID", "CONFIGURATION_NOT_FOUND"],
  ...["HOOK_FAILED", "TICKETS_PER_PLAYER_EXCEEDED"],
]);

export function createHistory(books: Books): Checker {
  const lines = new Map<string, Line>();
  const lineOf = (ticketId: string): Line => {
    const line = lines.get(ticketId) ?? {
      starts: new Map(),
      cancels: new Map(),
      players: undefined,
      createdTick: 0,
      cancelled: false,
      shown: undefined,
    };
    lines.set(ticketId, line);
    return line;
  };
  const asked = (call: OpenCall) => {
    const ask: Ask = { body: JSON.stringify(call.request), outcome: "pending" };
    if (isCallOf(call, "startMatching") && call.request.ticketId !== "") {
      lineOf(call.request.ticketId).starts.set(call.callId, ask);
    }
    if (isCallOf(call, "cancelMatching")) lineOf(call.request.ticketId).cancels.set(call.callId, ask);
  };
  const startAnswered = (call: OpenCall, ticketId: string, outcome: Outcome) => {
    const line = lineOf(ticketId);
    const ask = line.starts.get(call.callId);
    if (!ask) return;
    const mayPass = "refused" in outcome && (PASSING.has(outcome.refused) || NOT_LOOKED_AT.has(outcome.refused));
    ask.outcome = mayPass ? "unknown" : wordOf(outcome);
    if (ask.outcome === "done" && line.players === undefined) {
      throw new BrokenPromise(NAME, `${ticketId} was acknowledged and is not durable`);
    }
    const isMade = line.players !== undefined && line.createdTick < call.startedTick;
    const wasAcknowledged = [...line.starts.values()].some((one) => one.outcome === "done" && one.body === ask.body);
    if (!isMade || !wasAcknowledged || !("refused" in outcome) || NOT_LOOKED_AT.has(outcome.refused)) return;
    throw new BrokenPromise(NAME, `${ticketId} was acknowledged, and asking again is refused: ${outcome.refused}`);
  };
  const cancelAnswered = (call: OpenCall, ticketId: string, outcome: Outcome) => {
    const line = lineOf(ticketId);
    const ask = line.cancels.get(call.callId);
    if (!ask) return;
    ask.outcome = wordOf(outcome);
    const isTooLate = "refused" in outcome && outcome.refused === "TICKET_ALREADY_MATCHED";
    if (isTooLate && line.cancelled) throw new BrokenPromise(NAME, `${ticketId} is cancelled, and too late to cancel`);
  };
  const created = (ticketId: string, playerIds: readonly string[]) => {
    const line = lineOf(ticketId); // Without a request by that name: the matcher drew it.
    const players = playerIds.join("\n");
    if (line.players !== undefined) throw new BrokenPromise(NAME, `${ticketId} is made a second time`);
    if (line.starts.size > 0 && [...line.starts.values()].every((ask) => ask.outcome === "refused")) {
      throw new BrokenPromise(NAME, `${ticketId} is made although every request for it was refused`);
    }
    line.players = players;
    line.createdTick = books.tick;
  };
  const cancelled = (ticketId: string) => {
    const line = lines.get(ticketId);
    if (!line || line.starts.size === 0) return;
    const open = [...line.cancels.values()].some((ask) => ask.outcome === "pending" || ask.outcome === "unknown");
    if (!open)
      throw new BrokenPromise(NAME, `${ticketId} is cancelled, and nobody who asked for it waits for an answer`);
    line.cancelled = true;
  };
  const forget = () => {
    for (const [ticketId, line] of lines) {
      const isWaiting = [...line.starts.values()].some((ask) => ask.outcome === "pending");
      if (line.players !== undefined && !isWaiting && !books.matcher.tickets.has(ticketId)) lines.delete(ticketId);
    }
  };
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "call") asked({ ...observation, startedMs: observation.atMs, startedTick: books.tick });
      if (observation.type === "matcher-fact") {
        const { fact } = observation;
        if (fact.type === "ticket-created")
          created(
            fact.ticketId,
            fact.players.map((player) => player.playerId),
          );
        // Of a change of its party nobody asks by a cancel, T-PARTY speaks; of what takes its place T-PLAYER-ONCE does.
        if (fact.type === "ticket-cancelled" && fact.cause === undefined) cancelled(fact.ticketId);
        if (fact.type === "proposal-ended") {
          for (const { ticketId, fate } of fact.outcomes) if (fate === "CANCELLED") cancelled(ticketId);
        }
        for (const { ticketId, to } of books.steps) if (to === "CANCELLED") lineOf(ticketId).cancelled = true;
        if (fact.type === "ended-forgotten") forget();
      }
      if (observation.type === "answer") {
        const call = books.calls.get(observation.callId);
        if (isCallOf(call, "startMatching")) startAnswered(call, call.request.ticketId, observation.outcome);
        if (isCallOf(call, "cancelMatching")) {
          cancelAnswered(call, call.request.ticketId, observation.outcome);
          const ticket = okOf(call, "cancelMatching", observation.outcome)?.ticket;
          const line = lines.get(call.request.ticketId);
          if (ticket?.state === 4 && line?.players !== undefined && !line.cancelled) {
            throw new BrokenPromise(NAME, `${ticket.ticketId} is said to be cancelled, and is not`);
          }
        }
      }
      for (const { ticket, askedTick, reader } of shownTickets(books, observation)) {
        const line = lines.get(ticket.ticketId);
        if (!line) continue;
        // Events lag behind by nature: what they show counts for later reads, not the other way round.
        const isRead = observation.type === "answer";
        if (isRead && line.shown && line.shown.tick < askedTick && ticket.version < line.shown.version) {
          const why = `${reader} is shown version ${ticket.version} of ${ticket.ticketId} after ${line.shown.version} was`;
          throw new BrokenPromise(NAME, why);
        }
        if (!line.shown || ticket.version > line.shown.version) {
          line.shown = { version: ticket.version, tick: books.tick };
        }
      }
    },
  };
}

function wordOf(outcome: Outcome): Ask["outcome"] {
  if ("ok" in outcome) return "done";
  return "refused" in outcome ? "refused" : "unknown";
}
