// A configuration that matches by queries, under virtual time: tickets come, leave and are matched, told in the same facts as a
// simulation of a rule set. In the compatible reading time goes by intervals from 0, in the best one from event to event.
import { createSeededRandom, type Random } from "@muster/kit";
import { fieldInvalid, MusterError, newId, parseId, type TicketId } from "@muster/proto";
import {
  type BestPool,
  type CompatiblePool,
  checkQueryTicket,
  createBestPool,
  createCompatiblePool,
  type QueryTicket,
} from "@muster/rules";
import { textOf } from "../event-fields.ts";
import type { SimulationEvent } from "../simulation-event.ts";
import type { SimulationFact } from "../simulation-fact.ts";
import { createTally, type Tally } from "../tally.ts";
import type { QuerySimulationSetting } from "./read-query-setting.ts";
import { type Member, readQueryStart } from "./read-query-start.ts";
import { createTicketHolders } from "./ticket-holders.ts";

export type QuerySimulationOptions = {
  /** When to stop, in seconds, what happens at that instant included. Default: the last event and as long as a ticket may wait for anything. */
  readonly untilSeconds?: number;
  /** What ids of tickets without one are drawn from. Default 1. */
  readonly seed?: number;
};

/** The only team there is. */
const TEAM = "players";

/**
 * What happens when `events`, sorted by `at`, meet the pool: fact by fact, the summary last. Of one instant, tickets whose time is up
 * end first, then the events come in their order, then matches form. An event that would be refused is told as Refused.
 */
export function* simulateQueries(
  setting: QuerySimulationSetting,
  events: readonly SimulationEvent[],
  { untilSeconds, seed = 1 }: QuerySimulationOptions = {},
): Generator<SimulationFact, void, undefined> {
  const lastAtMs = atMsOf(events.at(-1));
  const { query, requestTimeoutMs, settleMs, presenceGraceMs } = setting;
  const patienceMs = (requestTimeoutMs ?? query.intervalMs * query.maxIntervals) + settleMs + presenceGraceMs;
  const untilMs = untilSeconds === undefined ? lastAtMs + patienceMs : Math.round(untilSeconds * 1_000);
  const pool = createPool(setting, createSeededRandom(seed));
  let next = 0;
  for (;;) {
    const event = events[next];
    const times = [event && atMsOf(event), pool.nextAtMs()].filter((time) => time !== undefined);
    const nowMs = Math.min(...times);
    if (nowMs > untilMs) break; // Nothing is left to happen: infinite.
    pool.advance(nowMs);
    for (let due = events[next]; due && atMsOf(due) <= nowMs; due = events[next]) {
      next += 1;
      pool.handle(due);
    }
    pool.match();
    yield* pool.takeTold();
  }
  yield pool.tally.summary({ untilMs, ticketsLeft: pool.size() });
}

function atMsOf(event: SimulationEvent | undefined): number {
  return event ? Math.round(event.at * 1e9) / 1e6 : 0;
}

type Entry = {
  readonly ticket: QueryTicket;
  readonly members: readonly Member[];
  readonly endsAtMs: number | undefined;
};

type Pool = {
  readonly tally: Tally;
  size(): number;
  /** When time alone changes something next. */
  nextAtMs(): number | undefined;
  /** Goes on to `nowMs`, and ends the tickets whose time is up. */
  advance(nowMs: number): void;
  handle(event: SimulationEvent): void;
  /** Forms the matches that are due now. */
  match(): void;
  takeTold(): readonly SimulationFact[];
};

function createPool(
  { query: settings, requestTimeoutMs, settleMs, presenceGraceMs }: QuerySimulationSetting,
  random: Random,
): Pool {
  const tally = createTally([]);
  const entries = new Map<string, Entry>();
  const known = new Set<string>();
  const holders = createTicketHolders();
  const pool: BestPool | CompatiblePool =
    settings.mode === "compatible" ? createCompatiblePool(settings) : createBestPool(settings);
  let told: SimulationFact[] = [];
  let nowMs = 0;
  let arrivals = 0;
  let matches = 0;
  let intervalAtMs = -settings.intervalMs;
  let roundAtMs: number | undefined;

  /** Sessions whose connection is gone, and when their tickets end of it. */
  const absent = new Map<string, number>();

  const at = () => Math.round(nowMs) / 1_000;
  const end = (ticketId: string) => {
    const ticket = entries.get(ticketId)?.ticket;
    if (ticket) holders.remove(ticket);
    entries.delete(ticketId);
    pool.remove(ticketId);
  };
  const cancel = (ticketId: string, cause?: string) => {
    end(ticketId);
    tally.count("cancelled");
    told.push({ at: at(), type: "TicketCancelled", ticketId, ...(cause === undefined ? {} : { cause }) });
  };
  const cancelAll = (ticketIds: readonly string[], cause?: string) => {
    for (const ticketId of ticketIds) cancel(ticketId, cause);
  };

  const form = (match: readonly QueryTicket[]) => {
    matches += 1;
    const seats = match.flatMap(({ ticketId }) =>
      (entries.get(ticketId)?.members ?? []).map(({ playerId }) => ({ ticketId, playerId })),
    );
    const matchId = `m${matches}`;
    told.push({ at: at(), type: "MatchFormed", matchId, teams: { [TEAM]: seats } });
    const waits = match.map(({ ticketId, createdAtMs, sessions }) => {
      return { ticketId: ticketId as TicketId, waitSeconds: (nowMs - createdAtMs) / 1_000, players: sessions.length };
    });
    tally.formed({ matchId, isFill: false, tickets: waits, teams: [], choice: 0 });
    for (const { ticketId } of match) end(ticketId);
  };
  /** The other tickets of everybody in the matches. */
  const settle = (formed: readonly (readonly QueryTicket[])[]) => {
    if (settings.onMatched === "keepOthers") return;
    for (const session of formed.flat().flatMap(({ sessions }) => sessions)) {
      cancelAll(holders.ofSession(session), "MATCHED_ELSEWHERE");
    }
  };

  const start = (event: SimulationEvent) => {
    const ticketId =
      event.ticketId === undefined ? newId("ticket", random) : parseId<TicketId>("ticketId", textOf(event, "ticketId"));
    if (known.has(ticketId)) throw new MusterError("ID_REUSED", `Cannot start ticket ${ticketId} as ids are used once`);
    const { written, members } = readQueryStart(event, { ticketId, nowMs, arrival: arrivals });
    const ticket = checkQueryTicket(written, settings);
    for (const session of ticket.sessions) checkAllowance({ session }, holders.ofSession(session).length);
    if (ticket.partyId !== "") checkAllowance({ party: ticket.partyId }, holders.ofParty(ticket.partyId).length);
    arrivals += 1;
    for (const session of ticket.sessions) absent.delete(session); // Whoever asks is there again.
    known.add(ticketId);
    tally.count("started");
    const endsAtMs = requestTimeoutMs === undefined ? undefined : nowMs + requestTimeoutMs;
    entries.set(ticketId, { ticket, members, endsAtMs });
    holders.add(ticket);
    pool.add(ticket);
    roundAtMs = Math.min(roundAtMs ?? Number.POSITIVE_INFINITY, nowMs + settleMs);
  };
  const checkAllowance = (holder: { readonly session: string } | { readonly party: string }, held: number) => {
    const limit = settings.maxTicketsPerPlayer;
    if (held < limit) return;
    const who = "session" in holder ? `session ${holder.session}` : `party ${holder.party}`;
    const why = `Cannot start another ticket of ${who} as it may have ${limit}: it has ${held}`;
    throw new MusterError("TICKETS_PER_PLAYER_EXCEEDED", why, { metadata: { ...holder, limit: String(limit) } });
  };
  const disconnect = (event: SimulationEvent) => {
    const session = requiredText(event, "session");
    if (presenceGraceMs === 0) cancelAll(holders.ofSession(session));
    else if (!absent.has(session)) absent.set(session, nowMs + presenceGraceMs);
  };

  const handlers: Readonly<Record<string, (event: SimulationEvent) => void>> = {
    start,
    cancel(event) {
      const ticketId = requiredText(event, "ticketId");
      if (entries.has(ticketId)) cancel(ticketId);
      else
        throw new MusterError(
          "TICKET_NOT_FOUND",
          `Cannot cancel ticket ${ticketId} as only one that searches can be: none has the id`,
        );
    },
    disconnect,
    cancelParty(event) {
      cancelAll(holders.ofParty(requiredText(event, "party")));
    },
  };

  const nextIntervalAtMs = (present: CompatiblePool) => {
    if (!present.isActive) return undefined;
    const next = Math.ceil(nowMs / settings.intervalMs) * settings.intervalMs;
    return next > intervalAtMs ? next : intervalAtMs + settings.intervalMs;
  };

  return {
    tally,
    size: () => entries.size,
    nextAtMs() {
      // All have the same patience: the first that came ends first.
      const [first] = entries.values();
      const rounds = "beginInterval" in pool ? [nextIntervalAtMs(pool)] : [roundAtMs, pool.nextPatienceAtMs()];
      const times = [first?.endsAtMs, ...absent.values(), ...rounds].filter((time) => time !== undefined);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    advance(toMs) {
      nowMs = toMs;
      for (const [ticketId, { endsAtMs = Number.POSITIVE_INFINITY }] of entries) {
        if (endsAtMs > nowMs) break;
        end(ticketId);
        tally.count("timedOut");
        told.push({ at: at(), type: "TicketTimedOut", ticketId });
      }
      for (const [session, endsAtMs] of absent) {
        if (endsAtMs > nowMs) continue;
        absent.delete(session);
        cancelAll(holders.ofSession(session));
      }
    },
    handle(event) {
      const handler = Object.hasOwn(handlers, event.op) ? handlers[event.op] : undefined;
      try {
        if (!handler) throw fieldInvalid("op", `one of ${Object.keys(handlers).join(", ")}`, event.op);
        handler(event);
      } catch (error) {
        if (!(error instanceof MusterError)) throw error;
        tally.count("refused");
        const named = typeof event.ticketId === "string" ? { ticketId: event.ticketId } : {};
        const { reason, message } = error;
        told.push({ at: at(), type: "Refused", op: event.op, ...named, reason, message });
      }
    },
    match() {
      if ("beginInterval" in pool) {
        if (nextIntervalAtMs(pool) !== nowMs) return;
        intervalAtMs = nowMs;
        pool.beginInterval();
        for (let match = pool.takeMatch(); match; match = pool.takeMatch()) {
          form(match);
          settle([match]);
        }
        return;
      }
      const dueAtMs = Math.min(
        roundAtMs ?? Number.POSITIVE_INFINITY,
        pool.nextPatienceAtMs() ?? Number.POSITIVE_INFINITY,
      );
      if (dueAtMs > nowMs) return;
      roundAtMs = undefined;
      for (let match = pool.takeMatch(nowMs); match; match = pool.takeMatch(nowMs)) {
        form(match);
        settle([match]);
      }
    },
    takeTold() {
      const facts = told;
      told = [];
      return facts;
    },
  };
}

function requiredText(event: SimulationEvent, field: string): string {
  const text = textOf(event, field);
  if (text === "") throw fieldInvalid(field, "text", event[field] ?? "missing");
  return text;
}
