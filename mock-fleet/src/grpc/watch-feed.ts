// The feed to one watcher, whatever it watches of it: a snapshot, then every change in order. It pulls from what the fleet keeps for
// all, so that nobody who is slow holds anybody up.
import { MusterError } from "@muster/proto";
import type { FeedEvent } from "../core/feed.ts";
import type { FleetState } from "../core/fleet-state.ts";
import type { FleetApp } from "../fleet-app.ts";
import { readResumeToken, writeResumeToken } from "./fleet-wire.ts";

/** How often a watcher without news hears that the stream lives, in ms. */
export const WATCH_HEARTBEAT_MS = 5_000;
/** Events that are taken out of the feed at once. */
const EVENTS_PER_PULL = 512;

export type FeedWatch<Event> = {
  /** From the last message that was handled. Empty: start with a snapshot. */
  readonly resumeToken: string;
  /** What of the state belongs into a snapshot, taken at once and written one by one as it is read. */
  readonly snapshot: (state: FleetState) => Iterable<Event>;
  /** The event as this watcher is told of it; undefined if it is not. */
  readonly select: (event: FeedEvent) => Event | undefined;
  /** Made for what is taken out of the feed at once. Default: each event is a message. */
  readonly gather?: (() => Gathering<Event>) | undefined;
};

/** Events that share a message. */
export interface Gathering<Event> {
  /** Takes the event in; answers with those before it if it did not fit beside them. */
  add(event: Event): Event | undefined;
  /** Those that are in, as one; undefined if there are none. */
  take(): Event | undefined;
}

type Frame = { readonly $case: "snapshotBegin" | "snapshotEnd" | "heartbeat"; readonly value: Record<string, never> };

export type FeedMessage<Event> = { readonly resumeToken: string; readonly event: Event | Frame };

/** @throws {MusterError} FIELD_INVALID for no token of ours; CURSOR_EXPIRED if what came after it is no longer kept. */
export async function* watchFeed<Event>(
  app: FleetApp,
  watch: FeedWatch<Event>,
  signal: AbortSignal,
): AsyncGenerator<FeedMessage<Event>> {
  const reader = app.feedReaders.join();
  signal.addEventListener("abort", reader.leave, { once: true });
  try {
    const resumed = watch.resumeToken === "" ? undefined : resumePosition(app, watch.resumeToken);
    let position = resumed ?? (yield* snapshot(app, watch));
    // In this one generator: a watcher that waits holds what it stands in.
    while (!signal.aborted) {
      const until = app.runner.durablePosition;
      const events = app.feed.between({ after: position, until, count: EVENTS_PER_PULL });
      if (!events) throw cursorExpired();
      const gathering = watch.gather?.() ?? oneByOne<Event>();
      /** Of the last event that was gathered. */
      let gatheredAt = position;
      for (const event of events) {
        position = event.position;
        const told = isShown(app, event) ? watch.select(event) : undefined;
        if (told === undefined) continue;
        const full = gathering.add(told);
        if (full !== undefined) yield { resumeToken: tokenAt(app, gatheredAt), event: full };
        gatheredAt = position;
      }
      const rest = gathering.take();
      if (rest !== undefined) yield { resumeToken: tokenAt(app, gatheredAt), event: rest };
      if (events.length === EVENTS_PER_PULL) continue;
      position = Math.max(position, until);
      if (app.runner.durablePosition > position) continue;
      const hadNews = await reader.next();
      if (!hadNews && !signal.aborted) {
        yield { resumeToken: tokenAt(app, position), event: { $case: "heartbeat", value: {} } };
      }
    }
  } finally {
    signal.removeEventListener("abort", reader.leave);
    reader.leave();
  }
}

function oneByOne<Event>(): Gathering<Event> {
  let waiting: Event | undefined;
  const swap = (next: Event | undefined) => {
    const taken = waiting;
    waiting = next;
    return taken;
  };
  return { add: swap, take: () => swap(undefined) };
}

function isShown({ viewer }: FleetApp, { project }: FeedEvent): boolean {
  return viewer === undefined || viewer.project === project;
}

/** Everything that lives, then the position that it was taken at. Cut off in the middle, it starts again. */
async function* snapshot<Event>(app: FleetApp, watch: FeedWatch<Event>): AsyncGenerator<FeedMessage<Event>, number> {
  const { position, events } = await app.runner.read((state) => ({
    position: state.position,
    events: watch.snapshot(state),
  }));
  yield { resumeToken: "", event: { $case: "snapshotBegin", value: {} } };
  for (const event of events) yield { resumeToken: "", event };
  yield { resumeToken: tokenAt(app, position), event: { $case: "snapshotEnd", value: {} } };
  return position;
}

function tokenAt(app: FleetApp, position: number): string {
  return writeResumeToken(app.runner.state.journalId ?? "", position);
}

function resumePosition({ runner, feed }: FleetApp, token: string): number {
  const position = readResumeToken(runner.state.journalId ?? "", token);
  const isKnown = position !== undefined && position <= runner.durablePosition;
  if (isKnown && feed.between({ after: position, until: position, count: 0 })) return position;
  throw cursorExpired();
}

function cursorExpired(): MusterError {
  const why = "Cannot resume the watch as the changes after its token are no longer kept: start with a snapshot";
  return new MusterError("CURSOR_EXPIRED", why);
}
