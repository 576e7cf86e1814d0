// Brings one target its events: reads the outbox from the target's place on, sends what it wants, and moves the place. Events of one
// ticket or session go one after the other; those of different ones side by side, each in its lane. What is not taken is sent
// again until it is, or until the target is too far behind.
import type { CommittedFact, Ledger } from "@muster/journal";
import { backoffMs, type Clock, isAbortError, type Random } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { Log } from "@muster/service";
import { createDeliveryWindow } from "../core/events/delivery-window.ts";
import { type PushEvent, subjectOf } from "../core/events/event.ts";
import {
  BEHIND_SECONDS_DEFAULT,
  type DisabledCause,
  type EventTarget,
  liveSecrets,
  PENDING_MB_DEFAULT,
  wants,
} from "../core/events/event-target.ts";
import { byteLength, type OutboxFact, type OutboxState } from "../core/events/outbox-state.ts";
import { createNotifier } from "../notifier.ts";
import { createDeliveryLog, type Delivery } from "./delivery-log.ts";
import { bodyOf, webhookIdOf } from "./event-body.ts";
import type { EventAnswer, Poster } from "./poster.ts";
import { signatureHeaders } from "./sign-request.ts";

export type CourierOptions = {
  readonly ledger: Ledger<OutboxState, OutboxFact>;
  readonly poster: Poster;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly name: string;
  /** The last record that the target has dealt with. */
  readonly doneThrough: number;
  /** Default: as the target's settings say. */
  readonly limits?: CourierLimits;
  /** The target can be served no longer. */
  readonly onDisabled: (cause: DisabledCause) => void;
  readonly onFatal: (error: unknown) => void;
};

export type CourierLimits = {
  /** How old an event may become before the target counts as too far behind, in ms. */
  readonly behindMsMax: number;
  /** Bytes of events that may wait for the target, those that it does not want among them. */
  readonly pendingBytesMax: number;
};

export type CourierStatus = {
  /** The last record up to which the target has everything. */
  readonly doneThrough: number;
  readonly behindMs: number;
  readonly pendingBytes: number;
};

export interface Courier extends AsyncDisposable {
  /** There is more in the outbox. */
  poke(): void;
  /** Sends events outside of their turn, as they were sent before; resolves when they are taken, with false if the target wants nothing any more. */
  resend(events: readonly PushEvent[], signal: AbortSignal): Promise<boolean>;
  status(): CourierStatus;
  /** Newest first. */
  deliveries(limit: number): readonly Delivery[];
}

/** Events read ahead of the slowest: what a batch of each lane is taken from. */
const WINDOW_EVENTS_MAX = 8_192;
/** Characters read ahead at most: events of large battles are large. */
const WINDOW_CHARS_MAX = 16 * 2 ** 20;
/** Bytes of a request's body, unless one event alone is larger. */
const BODY_BYTES_MAX = 512 * 1024;
/** The first wait before a repeat, and the longest: a receiver that is back is served within it. */
const RETRY_FIRST_MS = 500;
const RETRY_MS_MAX = 30_000;
/** The longest wait that a receiver may ask for. */
const RETRY_AFTER_MS_MAX = 3_600_000;
/** How often the place is written down while it moves: what came after it is sent again after a crash. */
const CURSOR_EVERY_MS = 250;

type Item = { readonly sequence: number; readonly event: PushEvent };
type Lane = { items: Item[]; isRunning: boolean };

export function startCourier(options: CourierOptions): Courier {
  const { ledger, poster, clock, random, log, name, onDisabled, onFatal } = options;
  const window = createDeliveryWindow(options.doneThrough);
  const deliveries = createDeliveryLog();
  const news = createNotifier();
  const room = createNotifier();
  const stop = new AbortController();
  const sleeping = new Set<AbortController>();
  const working = new Set<Promise<void>>();
  let chars = 0;
  let written = -1;
  let isWriting = false;
  let isGivenUp = false;

  const target = (): EventTarget | undefined => ledger.state.targets.get(name);
  const limits = options.limits ?? limitsOf(target());
  const lanes = Array.from(
    { length: target()?.settings.concurrency ?? 1 },
    (): Lane => ({ items: [], isRunning: false }),
  );

  const work = (job: () => Promise<void>) => {
    const running: Promise<void> = job()
      .catch((error: unknown) => {
        if (!stop.signal.aborted && !isAbortError(error)) onFatal(error);
      })
      .finally(() => working.delete(running));
    working.add(running);
  };

  /** Waits, unless the target answers somebody meanwhile. */
  const pause = async (delayMs: number, signal: AbortSignal) => {
    const alarm = new AbortController();
    sleeping.add(alarm);
    try {
      await clock.sleep(delayMs, AbortSignal.any([signal, alarm.signal]));
    } catch (error) {
      if (signal.aborted || !isAbortError(error)) throw error;
    } finally {
      sleeping.delete(alarm);
    }
  };
  /** Whether the target is too far behind to be served on, be it away or only too slow: then it is disabled, which is said once. */
  const giveUpIfBehind = (): boolean => {
    const { behindMs, pendingBytes } = status();
    const isBehind = behindMs > limits.behindMsMax || pendingBytes > limits.pendingBytesMax;
    if (isBehind && !isGivenUp) onDisabled("TOO_FAR_BEHIND");
    isGivenUp ||= isBehind;
    return isBehind;
  };
  const status = (): CourierStatus => {
    const { oldest, doneThrough } = window;
    if (!oldest) return { doneThrough, behindMs: 0, pendingBytes: 0 };
    return {
      doneThrough,
      behindMs: Math.max(0, ledger.nowMs() - oldest.timeMs),
      pendingBytes: ledger.state.totalBytes - oldest.bytesBefore,
    };
  };
  /** Sends the events until they are taken. Answers false if the target wants nothing any more. */
  const deliver = async (events: readonly PushEvent[], signal: AbortSignal): Promise<boolean> => {
    for (let attempt = 1; ; attempt += 1) {
      const present = target();
      if (!present || present.disabled || giveUpIfBehind()) return false;
      const answer = await send(present, events, attempt, signal);
      if (answer && answer.status >= 200 && answer.status < 300) {
        for (const alarm of sleeping) alarm.abort();
        return true;
      }
      if (answer?.status === 410) {
        onDisabled("GONE");
        return false;
      }
      if (giveUpIfBehind()) return false;
      const asked = Math.min(answer?.retryAfterMs ?? 0, RETRY_AFTER_MS_MAX);
      await pause(
        Math.max(asked, backoffMs(attempt, random, { firstMs: RETRY_FIRST_MS, maxMs: RETRY_MS_MAX })),
        signal,
      );
    }
  };
  const send = async (
    present: EventTarget,
    events: readonly PushEvent[],
    attempt: number,
    signal: AbortSignal,
  ): Promise<EventAnswer | undefined> => {
    const body = bodyOf(present, events);
    const webhookId = webhookIdOf(present, events);
    const atWallMs = clock.wallMs();
    const headers = {
      "content-type": "application/json",
      ...signatureHeaders({ webhookId, wallMs: atWallMs, body }, liveSecrets(present, atWallMs)),
    };
    const startedMs = clock.nowMs();
    const note = (status: number | undefined, error: string) => {
      deliveries.add({
        ...{ atWallMs, webhookId, attempt, status, error, events: events.length, bodyBytes: byteLength(body) },
        ...{ firstEventId: events[0]?.id ?? "", lastEventId: events.at(-1)?.id ?? "" },
        durationMs: clock.nowMs() - startedMs,
      });
    };
    try {
      const answer = await poster.post({ url: present.settings.url, headers, body }, signal);
      note(answer.status, "");
      return answer;
    } catch (error) {
      if (signal.aborted) throw error;
      const why = error instanceof Error ? error.message : String(error);
      note(undefined, why);
      if (attempt === 1) log.warn({ target: name, why }, "Cannot send events to a target; trying again");
      return undefined;
    }
  };

  /** How many of the next events go in one request. */
  const countOfRequest = (lengths: Iterable<number>): number => {
    const most = target()?.settings.eventsPerRequest ?? 1;
    let bytes = 0;
    let taken = 0;
    for (const length of lengths) {
      bytes += length;
      if (taken === most || (taken > 0 && bytes > BODY_BYTES_MAX)) break;
      taken += 1;
    }
    return taken;
  };
  const runLane = async (lane: Lane) => {
    try {
      while (lane.items.length > 0) {
        const batch = lane.items.slice(0, countOfRequest(lengthsOf(lane.items, ({ event }) => event)));
        const isTaken = await deliver(
          batch.map(({ event }) => event),
          stop.signal,
        );
        if (!isTaken) return;
        lane.items = lane.items.slice(batch.length);
        for (const { sequence, event } of batch) {
          window.done(sequence);
          chars -= event.payload.length;
        }
        room.ring();
        writeCursor();
      }
    } finally {
      lane.isRunning = false;
    }
  };
  /** Writes the place down, now and then: again while it moves. */
  const writeCursor = () => {
    if (isWriting || window.doneThrough === written || stop.signal.aborted) return;
    isWriting = true;
    work(async () => {
      try {
        while (window.doneThrough !== written && !stop.signal.aborted) {
          await moveCursor();
          await clock.sleep(CURSOR_EVERY_MS, stop.signal);
        }
      } finally {
        isWriting = false;
      }
    });
  };
  const moveCursor = async () => {
    const sequence = window.doneThrough;
    try {
      await ledger.moveCursor({ name, sequence });
      written = sequence;
    } catch (error) {
      // The next one will do: until then a crash repeats more.
      if (!(error instanceof MusterError) || error.reason !== "JOURNAL_FULL") throw error;
    }
  };
  const hand = ({ sequence, timeMs, fact }: CommittedFact<OutboxFact>) => {
    const present = target();
    if (fact.type !== "event-stored" || !present || !wants(present, fact.event)) return window.pass(sequence);
    window.add({ sequence, timeMs, bytesBefore: fact.bytesBefore });
    chars += fact.event.payload.length;
    const lane = lanes[laneOf(subjectOf(fact.event.id), lanes.length)] as Lane;
    lane.items.push({ sequence, event: fact.event });
    if (lane.isRunning) return;
    lane.isRunning = true;
    // On a later turn, so that what is read in one go is sent in one go.
    work(() => clock.sleep(0, stop.signal).then(() => runLane(lane)));
  };
  const read = async () => {
    let next = options.doneThrough + 1;
    await moveCursor(); // From now on the journal keeps what comes after it.
    for (;;) {
      const through = ledger.durableSequence;
      for await (const committed of ledger.readFacts(next)) {
        if (stop.signal.aborted) return;
        next = committed.sequence + 1;
        hand(committed);
        while (window.size >= WINDOW_EVENTS_MAX || chars >= WINDOW_CHARS_MAX) await room.next(stop.signal);
      }
      if (next <= through) {
        window.pass(through); // The last of them are erased, and not read.
        next = through + 1;
      }
      writeCursor();
      if (ledger.durableSequence < next) await news.next(stop.signal);
    }
  };
  work(read);

  return {
    poke() {
      news.ring();
      giveUpIfBehind(); // However long the target has asked to be left alone.
    },
    async resend(events, signal) {
      const both = AbortSignal.any([signal, stop.signal]);
      for (let from = 0, count = 0; from < events.length; from += count) {
        count = countOfRequest(lengthsOf(events, (event) => event, from));
        if (!(await deliver(events.slice(from, from + count), both))) return false;
      }
      return true;
    },
    status,
    deliveries: deliveries.latest,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(working);
      // A ledger that has lost its journal takes no place any more: the next owner sends some events again.
      if (window.doneThrough !== written) await moveCursor().catch(unlessRefused);
    },
  };
}

function* lengthsOf<Of>(items: readonly Of[], eventOf: (item: Of) => PushEvent, from = 0): Iterable<number> {
  for (let place = from; place < items.length; place += 1) yield eventOf(items[place] as Of).payload.length;
}

function limitsOf(target: EventTarget | undefined): CourierLimits {
  const { behindSecondsMax = BEHIND_SECONDS_DEFAULT, pendingMbMax = PENDING_MB_DEFAULT } = target?.settings ?? {};
  return { behindMsMax: behindSecondsMax * 1_000, pendingBytesMax: pendingMbMax * 2 ** 20 };
}

/** @throws `error` unless the ledger refused the call. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof MusterError)) throw error;
}

/** Where events of the subject go: the same lane each time (FNV-1a). */
function laneOf(subject: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < subject.length; index += 1) {
    hash = Math.imul(hash ^ subject.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % lanes;
}
