// The matcher's outbox: takes what happened from the matcher's durable events, keeps it in a partition of its own until every target
// has it, and has a courier for each target. A target that is slow or away delays nobody else, and nothing that is matched.
import { type Journal, type Ledger, openLedger } from "@muster/journal";
import type { Clock, Random } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { Log } from "@muster/service";
import type { EventLog, NumberedEvent } from "../core/event-log.ts";
import type { PushEvent } from "../core/events/event.ts";
import { type DisabledCause, type EventTarget, type EventTargetSettings, wants } from "../core/events/event-target.ts";
import { mergeEvents } from "../core/events/merge-events.ts";
import {
  decideDeleteTarget,
  decideDisableTarget,
  decidePutTarget,
  decideRotateSecret,
  decideStoreEvents,
  getTarget,
  type SourcedEvent,
} from "../core/events/outbox-decisions.ts";
import { createOutboxState, evolveOutbox, type OutboxFact, type OutboxState } from "../core/events/outbox-state.ts";
import { noJoinTokens, type WriteJoinToken } from "../core/join-tokens/join-book.ts";
import type { MatcherState } from "../core/matcher-state.ts";
import { nameOfProject } from "../project-matchers.ts";
import { type Courier, type CourierLimits, startCourier } from "./courier.ts";
import type { Delivery } from "./delivery-log.ts";
import { createEventStreams, type EventStreams } from "./event-stream.ts";
import { outboxCodec, outboxSnapshotCodec } from "./outbox-codec.ts";
import { type Poster, UrlRefused } from "./poster.ts";
import { type Replayed, type ReplayRange, replayEvents, targetNotActive } from "./replay-events.ts";
import { drawSecret } from "./sign-request.ts";

export type OutboxOptions = {
  /** That of the matcher: the outbox has a partition of its own in it. */
  readonly journal: Journal;
  /** The matcher's. */
  readonly project: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly onFatal: (error: unknown) => void;
  readonly leaseHolder: string;
  readonly takeOver: boolean;
  readonly leaseMs?: number | undefined;
  readonly poster: Poster;
  /** How long events are kept after every target has them, in ms: what `replay` can repeat. */
  readonly keepMs: number;
  readonly limits?: CourierLimits | undefined;
  /** Default: events have no join tokens. */
  readonly writeJoinToken?: WriteJoinToken;
  /** What happened: the matcher's own state. */
  readonly matcher: { readonly state: MatcherState; readonly durableSequence: number };
};

export type TargetStatus = {
  readonly target: EventTarget;
  readonly behindMs: number;
  readonly pendingBytes: number;
};

export interface Outbox extends AsyncDisposable {
  /** More of the matcher's events may have become durable. */
  poke(): void;
  /** Whether a target would be told of it now. */
  isWanted(event: Pick<PushEvent, "type" | "configuration">): boolean;
  /** Resolves when everything that is durable now is stored, for whom wants it. */
  untilStored(): Promise<void>;
  /**
   * Makes or changes a target. Answers with the secret if one was drawn.
   *
   * @throws {MusterError} FIELD_INVALID, EVENT_URL_REFUSED, EVENT_TARGETS_FULL, JOURNAL_FULL.
   */
  putTarget(
    settings: EventTargetSettings,
    secret: string | undefined,
  ): Promise<{ readonly status: TargetStatus; readonly drawnSecret: string | undefined }>;
  /** @throws {MusterError} JOURNAL_FULL. */
  deleteTarget(name: string): Promise<void>;
  /** @throws {MusterError} EVENT_TARGET_NOT_FOUND, JOURNAL_FULL. */
  rotateSecret(
    name: string,
    rotation: { readonly secret: string | undefined; readonly overlapMs: number },
  ): Promise<{ readonly target: EventTarget; readonly drawnSecret: string | undefined }>;
  /** By name. */
  listTargets(): Promise<readonly TargetStatus[]>;
  /** The same as it stands, what is not durable yet included: for metrics, never for answers. */
  statuses(): readonly TargetStatus[];
  /** Newest first. @throws {MusterError} EVENT_TARGET_NOT_FOUND. */
  listDeliveries(name: string, limit: number): readonly Delivery[];
  /** Sends again what was sent. @throws {MusterError} EVENT_TARGET_NOT_FOUND, EVENT_TARGET_NOT_ACTIVE, CURSOR_EXPIRED. */
  replay(range: ReplayRange, signal: AbortSignal): Promise<Replayed>;
  readonly watch: EventStreams["watch"];
  /** Overwrites what is kept of events that `concerns` picks by their payload: who has not been sent them is not sent them. */
  erase(concerns: (payload: string) => boolean): Promise<void>;
}

const PARTITION = "events";
const EVENTS_PER_STEP_MAX = 256;
const FACTS_BETWEEN_SNAPSHOTS = 20_000;

/** @throws {MusterError} PARTITION_OWNED, JOURNAL_UNREADABLE, JOURNAL_FULL. */
export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const { journal, clock, random, log, onFatal, poster, matcher, writeJoinToken = noJoinTokens } = options;
  const ledger: Ledger<OutboxState, OutboxFact> = await openLedger({
    journal,
    partition: nameOfProject(PARTITION, options.project),
    owner: options.leaseHolder,
    takeOver: options.takeOver,
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    clock,
    initial: createOutboxState,
    evolve: (state, fact, { sequence }) => void evolveOutbox(state, fact, sequence),
    codec: outboxCodec,
    snapshots: { codec: outboxSnapshotCodec, everyRecords: FACTS_BETWEEN_SNAPSHOTS, keepMs: options.keepMs },
    onFatal,
  });
  const { state } = ledger;
  const couriers = new Map<string, { readonly settings: EventTargetSettings; readonly courier: Courier }>();
  const streams = createEventStreams(ledger, clock);
  let source = state.source;
  let isFeeding = false;
  let feedsAgain = false;
  let feeding: Promise<void> = Promise.resolve();
  let isClosing = false;
  /** Changes of couriers, one after the other. */
  let lastChange: Promise<unknown> = Promise.resolve();

  /** What is new in a log and durable, at most a step of it. What was forgotten is passed over, and said. */
  const newIn = <Event extends NumberedEvent & { readonly sequence: number }>(
    events: EventLog<Event>,
    after: number,
  ): readonly Event[] => {
    let found = events.after(after, EVENTS_PER_STEP_MAX);
    if (!found) {
      const { list, from } = events.capture();
      const first = list[from]?.number ?? events.last + 1;
      if (state.targets.size > 0) log.error({ after, first }, "Events were forgotten before they could be pushed");
      found = events.after(first - 1, EVENTS_PER_STEP_MAX) ?? [];
    }
    return found.filter(({ sequence }) => sequence <= matcher.durableSequence);
  };
  const nextEvents = (): readonly SourcedEvent[] => {
    const { events, sessionEvents, notices } = matcher.state;
    const found = {
      tickets: newIn(events, source.ticketEvent),
      sessions: newIn(sessionEvents, source.sessionEvent),
      notices: newIn(notices, source.notice),
    };
    return mergeEvents(found, { source, limit: EVENTS_PER_STEP_MAX, writeJoinToken });
  };
  /** Number of the last event that is durable. */
  const lastDurable = (events: EventLog<NumberedEvent & { readonly sequence: number }>): number => {
    const { list, from, until } = events.capture();
    for (let index = until - 1; index >= from; index -= 1) {
      const event = list[index];
      if (event && event.sequence <= matcher.durableSequence) return event.number;
    }
    return list[from] ? list[from].number - 1 : events.last;
  };
  /** With nobody to tell, what happened is passed over, and not looked at. */
  const skipAll = () => {
    const { events, sessionEvents, notices } = matcher.state;
    source = {
      ticketEvent: lastDurable(events),
      sessionEvent: lastDurable(sessionEvents),
      notice: lastDurable(notices),
    };
  };
  const feed = async () => {
    for (;;) {
      if (state.targets.size === 0) return skipAll();
      const events = nextEvents();
      if (events.length === 0 || isClosing) return;
      await ledger.execute(
        (present) => {
          const { facts, through } = decideStoreEvents(present, events);
          source = through;
          return { facts, reply: undefined };
        },
        { internal: true },
      );
    }
  };
  const poke = () => {
    if (isClosing) return;
    if (isFeeding) {
      feedsAgain = true;
      return;
    }
    isFeeding = true;
    const run = async () => {
      do {
        feedsAgain = false;
        await feed();
      } while (feedsAgain);
    };
    feeding = run()
      .catch((error: unknown) => {
        if (!isClosing) onFatal(error);
      })
      .finally(() => {
        isFeeding = false;
      });
  };

  const disable = (name: string, cause: DisabledCause) => {
    log.error({ target: name, cause }, "An event target is disabled");
    const wallMs = clock.wallMs();
    ledger
      .execute((present) => ({ facts: decideDisableTarget(present, { name, cause, wallMs }), reply: undefined }), {
        internal: true,
      })
      .catch((error: unknown) => {
        if (!isClosing) onFatal(error);
      });
  };
  /** Gives each active target its courier, and takes it from those that are not. */
  const arrange = async () => {
    const cursors = await ledger.readCursors();
    for (const [name, { settings, courier }] of couriers) {
      const target = state.targets.get(name);
      if (target && !target.disabled && target.settings === settings) continue;
      couriers.delete(name);
      await courier[Symbol.asyncDispose]();
    }
    const places = await ledger.readCursors();
    for (const name of cursors.keys()) {
      const target = state.targets.get(name);
      if (!target || target.disabled || target.settings.url === "") await ledger.removeCursor(name);
    }
    for (const [name, target] of state.targets) {
      if (target.disabled || couriers.has(name) || target.settings.url === "" || isClosing) continue;
      const courier = startCourier({
        ...{ ledger, poster, clock, random, log, name, onFatal },
        ...(options.limits && { limits: options.limits }),
        doneThrough: Math.max(places.get(name) ?? 0, target.sinceSequence),
        onDisabled: (cause) => disable(name, cause),
      });
      couriers.set(name, { settings: target.settings, courier });
    }
  };
  /** Lets go of what couriers hold in memory: each begins anew at its place. */
  const arrangeAnew = async () => {
    for (const [name, { courier }] of couriers) {
      couriers.delete(name);
      await courier[Symbol.asyncDispose]();
    }
    await arrange();
  };
  const rearrange = (how = arrange): Promise<void> => {
    const changed = lastChange.then(how);
    lastChange = changed.catch((error: unknown) => {
      if (!isClosing) onFatal(error);
    });
    return changed;
  };
  const statusOf = (target: EventTarget): TargetStatus => {
    const { behindMs = 0, pendingBytes = 0 } = couriers.get(target.settings.name)?.courier.status() ?? {};
    return { target, behindMs, pendingBytes };
  };

  const stopListening = ledger.onCommitted((facts) => {
    const changesTargets = facts.some(({ fact }) => fact.type.startsWith("event-target-"));
    if (changesTargets) void rearrange();
    for (const { courier } of couriers.values()) courier.poke();
    streams.wake();
  });
  await rearrange();
  poke();

  return {
    poke,
    isWanted: (event) => [...state.targets.values()].some((target) => wants(target, event)),
    untilStored: () => feeding,
    async putTarget(settings, secret) {
      if (settings.url !== "") checkUrl(poster, settings.url);
      const [drawnSecret, drawnToken] = [drawSecret(random), drawSecret(random).replace(/^whsec_/, "mtok_")];
      const put = { settings, secret, drawnSecret, drawnToken };
      await ledger.execute((present) => {
        const facts = decidePutTarget(present, put, { source, wallMs: Math.round(clock.wallMs()) });
        return { facts, reply: undefined };
      });
      await lastChange;
      const present = getTarget(state, settings.name);
      const isDrawn = present.secrets[0]?.secret === drawnSecret;
      return { status: statusOf(present), drawnSecret: isDrawn ? drawnSecret : undefined };
    },
    async deleteTarget(name) {
      await ledger.execute((present) => ({ facts: decideDeleteTarget(present, name), reply: undefined }));
      await lastChange;
    },
    async rotateSecret(name, { secret, overlapMs }) {
      const drawnSecret = drawSecret(random);
      const token = drawSecret(random).replace(/^whsec_/, "mtok_");
      const wallMs = Math.round(clock.wallMs());
      await ledger.execute((present) => {
        const rotation = { secret: secret ?? drawnSecret, token, overlapMs, wallMs };
        return { facts: decideRotateSecret(present, name, rotation), reply: undefined };
      });
      return { target: getTarget(state, name), drawnSecret: secret === undefined ? drawnSecret : undefined };
    },
    listTargets: () => {
      return ledger.read((present) => {
        const targets = [...present.targets.values()];
        return targets.toSorted((one, other) => (one.settings.name < other.settings.name ? -1 : 1)).map(statusOf);
      });
    },
    statuses: () => [...state.targets.values()].map(statusOf),
    listDeliveries(name, limit) {
      getTarget(state, name);
      return couriers.get(name)?.courier.deliveries(limit) ?? [];
    },
    async replay(range, signal) {
      getTarget(state, range.name);
      const courier = couriers.get(range.name)?.courier;
      if (!courier) throw targetNotActive(range.name);
      return replayEvents(ledger, { courier, signal }, range);
    },
    watch: streams.watch,
    async erase(concerns) {
      await ledger.eraseFacts((fact) => fact.type === "event-stored" && concerns(fact.event.payload));
      await rearrange(arrangeAnew);
    },
    async [Symbol.asyncDispose]() {
      isClosing = true;
      streams.end(
        new MusterError("SERVICE_NOT_READY", "Cannot go on as the matcher is stopping: resume when it is back"),
      );
      stopListening();
      await Promise.all([lastChange, feeding]);
      for (const { courier } of couriers.values()) await courier[Symbol.asyncDispose]();
      await ledger[Symbol.asyncDispose]();
    },
  };
}

function checkUrl(poster: Poster, url: string): void {
  try {
    poster.check(url);
  } catch (error) {
    if (!(error instanceof UrlRefused)) throw error;
    throw new MusterError("EVENT_URL_REFUSED", `Cannot send events there as ${error.message}`, {
      metadata: { field: "url" },
      cause: error,
    });
  }
}
