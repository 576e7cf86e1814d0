// Tickets that end with their owners' watches. Who watches is known here alone, is in no journal, and begins anew with each run: every
// owner has the whole grace to come back after a restart. Costs nothing for tickets without presence; of the others only those that
// nobody watches stand among the deadlines, and one sleep waits for the first of them.
import type { CommittedFact } from "@muster/journal";
import type { FillId, MatchId, PlayerId, TicketId } from "@muster/proto";
import { createDeadlineHeap, type Deadline } from "./core/deadline-heap.ts";
import { DUE_PER_STEP_MAX } from "./core/deadlines.ts";
import { decideAbsences, type Unsettled } from "./core/decide-absences.ts";
import { isLive, type Ticket } from "./core/ticket.ts";
import type { TicketEventRecord } from "./core/ticket-events.ts";
import type { JournaledFact } from "./journal-codec/fact-codec.ts";
import type { TicketSelection } from "./ticket-watch.ts";
import { createWatchers } from "./watchers.ts";
import { record, type Workshop } from "./workshop.ts";

export interface Presence {
  /** A watch of the selection is open until what this returns is called, once. Those of a configuration, or of everything, are nobody's presence. */
  hold(select: TicketSelection): () => void;
  /** Takes note of facts that have become durable. */
  follow(facts: readonly CommittedFact<JournaledFact>[]): void;
  /** Gives up tickets whose owners stay away, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** Longest sleep in ms: nothing depends on it. */
const IDLE_MS = 3_600_000;
/** Events looked at in one go. */
const EVENTS_PER_STEP_MAX = 1_024;

/** Of the tickets of the ledger's state, all of which are durable when it is made, and of those to come. */
export function createPresence(workshop: Pick<Workshop, "ledger" | "clock">): Presence {
  const { ledger, clock } = workshop;
  const { state } = ledger;
  const heldTickets = new Map<TicketId, number>();
  const heldPlayers = new Map<PlayerId, number>();
  /** Live tickets with presence, by player. */
  const byPlayer = new Map<PlayerId, readonly TicketId[]>();
  /** Those that nobody watches, by when their grace ends. */
  const absent = createDeadlineHeap();
  const absences = new Map<TicketId, Deadline>();
  /** Those whose grace has ended while their match or fill has no outcome, by its id. */
  const unsettled = new Map<MatchId | FillId, TicketId[]>();
  const sleeper = createWatchers(clock);
  const sleep = sleeper.add();
  let seen = state.events.last;

  const isHeld = ({ ticketId, players }: Ticket) =>
    heldTickets.has(ticketId) || (heldPlayers.size > 0 && players.some(({ playerId }) => heldPlayers.has(playerId)));
  const forget = (ticketId: TicketId) => {
    const deadline = absences.get(ticketId);
    if (!deadline) return;
    absent.remove(deadline);
    absences.delete(ticketId);
  };
  /** Its grace begins, unless it has begun or somebody watches. */
  const miss = (ticketId: TicketId, graceMs?: number) => {
    const ticket = state.tickets.get(ticketId)?.ticket;
    if (ticket?.presenceGraceMs === undefined || !isLive(ticket)) return;
    if (absences.has(ticketId) || isHeld(ticket)) return;
    const nextMs = absent.nextAtMs() ?? Number.POSITIVE_INFINITY;
    const deadline = { ticketId, atMs: clock.nowMs() + (graceMs ?? ticket.presenceGraceMs), place: -1 };
    absent.add(deadline);
    absences.set(ticketId, deadline);
    if (deadline.atMs < nextMs) sleeper.wake([sleep]);
  };
  /** The last of its watches has ended. Where queries are played as the original plays them, that ends the ticket at once. */
  const loseWatch = (ticketId: TicketId) => {
    const configuration = state.tickets.get(ticketId)?.ticket.configuration;
    const mode = configuration === undefined ? undefined : state.configurations.get(configuration)?.query?.mode;
    miss(ticketId, mode === "compatible" ? 0 : undefined);
  };
  const enter = ({ ticketId, players }: Ticket) => {
    for (const { playerId } of players) byPlayer.set(playerId, [...(byPlayer.get(playerId) ?? []), ticketId]);
    miss(ticketId);
  };
  const leave = ({ ticketId, players }: Ticket) => {
    forget(ticketId);
    for (const { playerId } of players) {
      const others = byPlayer.get(playerId)?.filter((other) => other !== ticketId) ?? [];
      if (others.length === 0) byPlayer.delete(playerId);
      else byPlayer.set(playerId, others);
    }
  };
  /** A match or fill has its outcome: who is still, or again, in the search has been missed for long. */
  const settle = (subject: MatchId | FillId) => {
    const waiting = unsettled.get(subject);
    unsettled.delete(subject);
    for (const ticketId of waiting ?? []) miss(ticketId, 0);
  };
  const noteEvent = ({ ticket }: TicketEventRecord) => {
    if (ticket.presenceGraceMs === undefined) return;
    if (ticket.version === 1) enter(ticket);
    else if (!isLive(ticket)) leave(ticket);
  };
  const giveUp = async (due: readonly TicketId[]) => {
    const missed = due.filter((ticketId) => {
      forget(ticketId);
      const ticket = state.tickets.get(ticketId)?.ticket;
      return ticket !== undefined && !isHeld(ticket);
    });
    await record(workshop, (now, nowMs) => {
      const decided = decideAbsences(now, missed, nowMs);
      decided.unsettled.forEach(awaitOutcome); // Now: the outcome may be durable before what is decided here.
      return decided.facts;
    });
  };
  const awaitOutcome = ({ ticketId, subject }: Unsettled) => {
    const others = unsettled.get(subject);
    if (others) others.push(ticketId);
    else unsettled.set(subject, [ticketId]);
  };
  const countHeld = (select: TicketSelection, change: 1 | -1) => {
    if (select.type === "player") count(heldPlayers, select.playerId, change);
    if (select.type === "tickets") for (const id of select.ticketIds) count(heldTickets, id, change);
  };
  const namedBy = (select: TicketSelection): readonly TicketId[] => {
    if (select.type === "player") return byPlayer.get(select.playerId) ?? [];
    return select.type === "tickets" ? select.ticketIds : [];
  };
  const count = <Key>(counts: Map<Key, number>, key: Key, change: 1 | -1) => {
    const next = (counts.get(key) ?? 0) + change;
    if (next === 0) counts.delete(key);
    else counts.set(key, next);
  };

  for (const { ticket } of state.tickets.values()) {
    if (ticket.presenceGraceMs !== undefined && isLive(ticket)) enter(ticket);
  }
  return {
    hold(select) {
      countHeld(select, 1);
      for (const id of namedBy(select)) forget(id);
      return () => {
        countHeld(select, -1);
        for (const id of namedBy(select)) loseWatch(id);
      };
    },
    follow(facts) {
      const sequence = facts.at(-1)?.sequence ?? 0;
      for (;;) {
        const events = state.events.after(seen, EVENTS_PER_STEP_MAX) ?? [];
        const durable = events.filter((event) => event.sequence <= sequence);
        for (const event of durable) noteEvent(event);
        seen = durable.at(-1)?.number ?? seen;
        if (durable.length < EVENTS_PER_STEP_MAX) break;
      }
      if (unsettled.size === 0) return;
      for (const { fact } of facts.map((committed) => committed.fact)) {
        if ("matchId" in fact) settle(fact.matchId);
        if ("fillId" in fact) settle(fact.fillId);
      }
    },
    async run(signal) {
      while (!signal.aborted) {
        const due = absent.findDue(clock.nowMs(), DUE_PER_STEP_MAX);
        if (due.length > 0) await giveUp(due);
        else await sleep.wait(absent.nextAtMs() ?? clock.nowMs() + IDLE_MS, signal);
      }
    },
  };
}
