// The feed to one watcher: it pulls from what the fleet keeps for all, so that nobody who is slow holds anybody up.
import { isAbortError } from "@muster/kit";
import { MusterError, parseId, writeBattleSession } from "@muster/proto";
import type { WatchSessionsRequest, WatchSessionsResponse } from "@muster/proto/fleet";
import type { CallContext } from "@muster/proto/rpc";
import type { FleetState } from "../core/fleet-state.ts";
import type { ServerSession } from "../core/session.ts";
import type { FleetApp } from "../fleet-app.ts";
import { readResumeToken, writeFeedEvent, writeResumeToken } from "./fleet-wire.ts";
import { writePlacement } from "./placement-wire.ts";
import { sessionAtWall } from "./wall-time.ts";

/** How often a watcher without news hears that the stream lives, in ms. */
export const WATCH_HEARTBEAT_MS = 5_000;
/** Events that are taken out of the feed at once. */
const EVENTS_PER_PULL = 512;

/** A snapshot, or what came after the token, then every change in order. Reasons: the .proto. */
export async function* watchSessions(
  app: FleetApp,
  request: WatchSessionsRequest,
  { signal }: CallContext,
): AsyncGenerator<WatchSessionsResponse> {
  const owner = request.owner === "" ? undefined : parseId("owner", request.owner);
  const news = subscribe(app, signal);
  try {
    const resumed = request.resumeToken === "" ? undefined : resumePosition(app, request.resumeToken);
    const position = resumed ?? (yield* snapshot(app, owner));
    yield* follow(app, { owner, position, news, signal });
  } finally {
    news.stop();
  }
}

/** Everything that lives, then the position that it was taken at. Cut off in the middle, it starts again. */
async function* snapshot(app: FleetApp, owner: string | undefined): AsyncGenerator<WatchSessionsResponse, number> {
  const { position, living, pending } = await app.runner.read((state) => ({
    position: state.position,
    living: [...state.sessions.values()].filter(
      (session) => session.endedAtMs === undefined && isOwnedBy(state, session, owner),
    ),
    pending: [...state.pendingPlacements.values()].filter(
      ({ request }) => owner === undefined || request.owner === owner,
    ),
  }));
  yield { resumeToken: "", event: { $case: "snapshotBegin", value: {} } };
  // Written one by one as they are read: together they would hold everybody else up.
  for (const { battle } of living) {
    const value = writeBattleSession(sessionAtWall(battle, app.runner.wallOf));
    yield { resumeToken: "", event: { $case: "session", value } };
  }
  for (const placement of pending) {
    yield { resumeToken: "", event: { $case: "placement", value: writePlacement(placement, undefined) } };
  }
  yield { resumeToken: tokenAt(app, position), event: { $case: "snapshotEnd", value: {} } };
  return position;
}

function isOwnedBy(state: FleetState, { placementId }: ServerSession, owner: string | undefined): boolean {
  return owner === undefined || state.placements.get(placementId)?.request.owner === owner;
}

type Following = {
  readonly owner: string | undefined;
  readonly position: number;
  readonly news: News;
  readonly signal: AbortSignal;
};

async function* follow(app: FleetApp, from: Following): AsyncGenerator<WatchSessionsResponse> {
  const { owner, news, signal } = from;
  let { position } = from;
  while (!signal.aborted) {
    const until = app.runner.durablePosition;
    const events = app.feed.between({ after: position, until, count: EVENTS_PER_PULL });
    if (!events) throw cursorExpired();
    for (const event of events) {
      position = event.position;
      if (owner !== undefined && event.owner !== owner) continue;
      yield { resumeToken: tokenAt(app, position), event: writeFeedEvent(app, event) };
    }
    if (events.length === EVENTS_PER_PULL) continue;
    position = Math.max(position, until);
    if (app.runner.durablePosition > position) continue;
    const hadNews = await news.next();
    if (!hadNews && !signal.aborted) {
      yield { resumeToken: tokenAt(app, position), event: { $case: "heartbeat", value: {} } };
    }
  }
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

type News = {
  /** Waits for facts or for the time of a heartbeat; answers whether there were facts. */
  next(): Promise<boolean>;
  stop(): void;
};

function subscribe(app: FleetApp, signal: AbortSignal): News {
  const closing = new AbortController();
  let hasNews = false;
  let wake: () => void = () => undefined;
  const unsubscribe = app.runner.onCommitted(() => {
    hasNews = true;
    wake();
  });
  const stop = () => {
    unsubscribe();
    closing.abort();
    wake();
  };
  signal.addEventListener("abort", stop, { once: true });
  void beat(app, () => wake(), closing.signal);
  return {
    stop,
    async next() {
      if (!hasNews && !closing.signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const had = hasNews;
      hasNews = false;
      return had;
    },
  };
}

async function beat(app: FleetApp, onBeat: () => void, signal: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await app.clock.sleep(WATCH_HEARTBEAT_MS, signal);
      onBeat();
    }
  } catch (error) {
    if (!isAbortError(error)) throw error;
  }
}
