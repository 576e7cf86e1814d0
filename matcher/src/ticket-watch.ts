// Watching tickets: each watcher walks the log of durable events at its own pace. It holds a position and no queue, so a slow
// reader costs nothing, and is cut off only when what it has not read yet is forgotten.
import type { Clock } from "@muster/kit";
import { MusterError, type PlayerId, type TicketId } from "@muster/proto";
import { attendStream } from "@muster/proto/rpc";
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
   * Events of the selection after number `after`, as `write` puts them; undefined: for named tickets from their start, else from now.
   *
   * @throws {MusterError} TICKET_NOT_FOUND, CONFIGURATION_NOT_FOUND, CURSOR_EXPIRED.
   */
  watch<Told>(
    select: TicketSelection,
    after: number | undefined,
    { write, signal }: { readonly write: (item: WatchItem) => Told; readonly signal: AbortSignal },
  ): AsyncIterable<Told>;
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
      if (!inbox.numbers) return { events: NONE, position: durable };
      const events = inbox.numbers.map((number) => state.events.after(number - 1, 1)?.[0]);
      inbox.numbers = undefined;
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

  const place: Place = {
    nowMs: () => clock.nowMs(),
    durable: () => durable,
    find: ({ select, inbox }, after) => (inbox ? findPlayerNews(inbox, after) : findNews(select, after)),
  };

  // A function of its own, so that what it makes keeps nothing but the watch.
  const leaving =
    ({ select, inbox, watcher }: Pick<Watched<unknown>, "select" | "inbox" | "watcher">) =>
    () => {
      everybody.delete(watcher);
      if (inbox) inboxes.close(inbox);
      for (const id of select.type === "tickets" ? select.ticketIds : []) {
        const waiting = byTicket.get(id);
        waiting?.delete(watcher);
        if (waiting?.size === 0) byTicket.delete(id);
      }
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
    watch(select, after, { write, signal }) {
      return attendStream((atEnd) => {
        const ids = select.type === "tickets" ? select.ticketIds : [];
        for (const id of ids) getTicket(state, id);
        if (select.type === "configuration") getConfiguration(state, select.configuration);
        if (after !== undefined && after > durable) throw expired();
        const watcher = watchers.add();
        const inbox = select.type === "player" ? inboxes.open(select.playerId, watcher) : undefined;
        if (select.type !== "tickets" && !inbox) everybody.add(watcher);
        for (const id of ids) byTicket.set(id, (byTicket.get(id) ?? new Set()).add(watcher));
        const watched = { select, inbox, watcher, signal, after, write };
        atEnd(leaving(watched));
        return new Watching(place, watched);
      });
    },
    end: watchers.end,
  };
}

/** What all watches share. */
type Place = {
  nowMs(): number;
  /** The number of the last event that may be told. */
  durable(): number;
  find(watched: Pick<Watched<unknown>, "select" | "inbox">, after: number): News;
};

type Watched<Told> = {
  readonly select: TicketSelection;
  readonly inbox: PlayerInbox | undefined;
  readonly watcher: Watcher;
  readonly signal: AbortSignal;
  readonly after: number | undefined;
  readonly write: (item: WatchItem) => Told;
};

const NONE: readonly TicketEventRecord[] = [];

/** One watch. An object and no generator, as those who wait are most of what a matcher holds for its watchers. */
class Watching<Told> implements AsyncIterableIterator<Told> {
  readonly #place: Place;
  readonly #watched: Watched<Told>;
  #heardAtMs: number;
  #position: number;
  /** Found and not handed over yet, from `#read` on; then it stands at `#foundAt`. */
  #events = NONE;
  #read = 0;
  #foundAt = 0;
  #hasBegun = false;

  constructor(place: Place, watched: Watched<Told>) {
    this.#place = place;
    this.#watched = watched;
    this.#heardAtMs = place.nowMs();
    this.#position = watched.after ?? (watched.select.type === "tickets" ? 0 : place.durable());
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Told>> {
    try {
      return this.#go();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #go(): Promise<IteratorResult<Told>> {
    const item = this.#hasBegun ? this.#findNext() : this.#begin();
    if (item) return Promise.resolve(this.#tell(item));
    const { watcher, signal } = this.#watched;
    return watcher.wait(this.#heardAtMs + HEARTBEAT_MS, signal).then(this.#goOn);
  }

  readonly #goOn = (isWoken: boolean): Promise<IteratorResult<Told>> | IteratorResult<Told> =>
    isWoken ? this.#go() : this.#tell(this.#heartbeat());

  #tell(item: WatchItem): IteratorResult<Told> {
    return { done: false, value: this.#watched.write(item) };
  }

  #begin(): WatchItem | undefined {
    this.#hasBegun = true;
    const { after, select } = this.#watched;
    // Who begins now must hold a token before the first event, or a break would lose it.
    if (after === undefined && select.type !== "tickets") return this.#heartbeat();
    return this.#findNext();
  }

  #heartbeat(): WatchItem {
    this.#heardAtMs = this.#place.nowMs();
    return { type: "heartbeat", number: this.#position };
  }

  /** Undefined: there is nothing to tell now. */
  #findNext(): WatchItem | undefined {
    for (;;) {
      const event = this.#events[this.#read];
      if (event) {
        this.#read += 1;
        this.#position = event.number;
        this.#heardAtMs = this.#place.nowMs();
        return { type: "event", event };
      }
      this.#position = Math.max(this.#position, this.#foundAt);
      const { events, position } = this.#place.find(this.#watched, this.#position);
      this.#events = events;
      this.#read = 0;
      this.#foundAt = position;
      if (events.length > 0) continue;
      this.#position = Math.max(this.#position, position);
      if (this.#watched.select.type === "tickets" || this.#position >= this.#place.durable()) return undefined;
    }
  }
}

function expired(): MusterError {
  return new MusterError("CURSOR_EXPIRED", "Cannot go on from the token as what came after it is not kept: start anew");
}
