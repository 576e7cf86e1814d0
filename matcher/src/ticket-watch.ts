// Watching tickets: each watcher walks the log of durable events at its own pace. It holds a position and no queue, so a slow
// reader costs nothing, and is cut off only when what it has not read yet is forgotten.
import type { Clock } from "@muster/kit";
import { MusterError, type PlayerId, type TicketId } from "@muster/proto";
import { getTicket } from "./core/cancel-matching.ts";
import type { MatcherState } from "./core/matcher-state.ts";
import { getConfiguration } from "./core/start-matching.ts";
import { includesPlayer } from "./core/ticket.ts";
import { historyOf, type TicketEventRecord } from "./core/ticket-events.ts";
import { createPlayerInboxes, type PlayerInbox } from "./player-inboxes.ts";
import { createWatchers, type Watcher } from "./watchers.ts";

export type TicketSelection =
  | { readonly type: "tickets"; readonly ticketIds: readonly TicketId[] }
  | { readonly type: "player"; readonly playerId: PlayerId }
  | { readonly type: "configuration"; readonly configuration: string }
  | { readonly type: "all" };

export type WatchItem =
  | { readonly type: "event"; readonly event: TicketEventRecord }
  | { readonly type: "heartbeat"; readonly number: number };

type News = { readonly events: readonly TicketEventRecord[]; readonly position: number };

export interface TicketWatch {
  /** Tells the watch that facts up to `sequence` are durable. */
  advance(sequence: number): void;
  /**
   * Events of the selection after number `after`; undefined: for named tickets from their start, else from now.
   *
   * @throws {MusterError} TICKET_NOT_FOUND, CONFIGURATION_NOT_FOUND, CURSOR_EXPIRED.
   */
  watch(select: TicketSelection, after: number | undefined, signal: AbortSignal): AsyncIterable<WatchItem>;
  /** Ends every watch, now and from now on, with `reason`. */
  end(reason: unknown): void;
}

/** Without news a watcher hears that its stream lives this often, in ms. */
export const HEARTBEAT_MS = 5_000;
/** Events handed over in one go. */
const EVENTS_PER_STEP_MAX = 256;

/** A watch over `state`, all of whose events are durable when it is made. */
export function createTicketWatch(state: MatcherState, clock: Clock): TicketWatch {
  let durable = state.events.last;
  const watchers = createWatchers(clock);
  /** Who waits for any ticket, and who for which. */
  const everybody = new Set<Watcher>();
  const byTicket = new Map<TicketId, Set<Watcher>>();
  const inboxes = createPlayerInboxes();

  /** What the box names, or, where it cannot tell, what the next stretch of the log has; from then on the box can. */
  const findPlayerNews = (inbox: PlayerInbox, heard: number): News => {
    if (!inbox.isOverfull) {
      const events = inbox.numbers.map((number) => state.events.after(number - 1, 1)?.[0]);
      inbox.numbers = [];
      if (!events.every((event) => event !== undefined)) throw expired();
      return { events, position: durable };
    }
    const stretch = state.events.after(heard, Math.min(EVENTS_PER_STEP_MAX, durable - heard));
    if (!stretch) throw expired();
    const position = stretch.at(-1)?.number ?? heard;
    inbox.isOverfull = position < durable;
    return { events: stretch.filter(({ ticket }) => includesPlayer(ticket, inbox.playerId)), position };
  };
  const findNews = (select: TicketSelection, after: number): News => {
    if (select.type === "tickets") {
      const entries = select.ticketIds.map((id) => state.tickets.get(id)).filter((entry) => entry !== undefined);
      const events = entries.flatMap(historyOf).filter(({ number }) => number > after && number <= durable);
      return { events: events.toSorted((one, other) => one.number - other.number), position: durable };
    }
    const events = state.events.after(after, Math.min(EVENTS_PER_STEP_MAX, durable - after));
    if (!events) throw expired();
    const position = events.at(-1)?.number ?? after;
    if (select.type !== "configuration") return { events, position };
    return { events: events.filter(({ ticket }) => ticket.configuration === select.configuration), position };
  };

  return {
    advance(sequence) {
      const before = durable;
      for (;;) {
        const events = state.events.after(durable, EVENTS_PER_STEP_MAX) ?? [];
        for (const event of events) {
          if (event.sequence > sequence) break;
          durable = event.number;
          if (byTicket.size > 0) watchers.wake(byTicket.get(event.ticket.ticketId) ?? []);
          watchers.wake(inboxes.deliver(event));
        }
        if (events.length === 0 || durable !== events.at(-1)?.number) break;
      }
      if (durable !== before) watchers.wake(everybody);
    },
    async *watch(select, after, signal) {
      const ids = select.type === "tickets" ? select.ticketIds : [];
      for (const id of ids) getTicket(state, id);
      if (select.type === "configuration") getConfiguration(state, select.configuration);
      if (after !== undefined && after > durable) throw expired();
      let heardAtMs = clock.nowMs();
      let position = after ?? (select.type === "tickets" ? 0 : durable);
      const watcher = watchers.add();
      const inbox = select.type === "player" ? inboxes.open(select.playerId, watcher) : undefined;
      if (select.type !== "tickets" && !inbox) everybody.add(watcher);
      for (const id of ids) byTicket.set(id, (byTicket.get(id) ?? new Set()).add(watcher));
      try {
        // Who begins now must hold a token before the first event, or a break would lose it.
        if (after === undefined && select.type !== "tickets") yield { type: "heartbeat", number: position };
        for (;;) {
          const news = inbox ? findPlayerNews(inbox, position) : findNews(select, position);
          for (const event of news.events) {
            yield { type: "event", event };
            heardAtMs = clock.nowMs();
            position = event.number;
          }
          position = Math.max(position, news.position);
          if (news.events.length > 0 || (select.type !== "tickets" && position < durable)) continue;
          if (await watcher.wait(heardAtMs + HEARTBEAT_MS, signal)) continue;
          yield { type: "heartbeat", number: position };
          heardAtMs = clock.nowMs();
        }
      } finally {
        everybody.delete(watcher);
        if (inbox) inboxes.close(inbox);
        for (const id of ids) {
          const waiting = byTicket.get(id);
          waiting?.delete(watcher);
          if (waiting?.size === 0) byTicket.delete(id);
        }
      }
    },
    end: watchers.end,
  };
}

function expired(): MusterError {
  return new MusterError("CURSOR_EXPIRED", "Cannot go on from the token as what came after it is not kept: start anew");
}
