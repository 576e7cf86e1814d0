// The feed to one watcher: it pulls from what the fleet keeps for all, so that nobody who is slow holds anybody up.
import { isAbortError } from "@muster/kit";
import { MusterError, parseId, writeBattleSession } from "@muster/proto";
import type { WatchSessionsRequest, WatchSessionsResponse } from "@muster/proto/fleet";
import type { CallContext } from "@muster/proto/rpc";
import type { FleetState } from "../core/fleet-state.ts";
import { isLiving } from "../core/session.ts";
import type { FleetApp } from "../fleet-app.ts";
import { readResumeToken, writeFeedEvent, writeResumeToken } from "./fleet-wire.ts";
import { writePlacement } from "./placement-wire.ts";
import { sessionAtWall } from "./wall-time.ts";

/** How often a watcher without news hears that the stream lives, in ms. */
export const WATCH_HEARTBEAT_MS = 5_000;
/** Events that are taken out of the feed at once. */
const EVENTS_PER_PULL = 512;

export async function* watchSessions(
  app: FleetApp,
  request: WatchSessionsRequest,
  { signal }: CallContext,
): AsyncGenerator<WatchSessionsResponse> {
  const owner = request.owner === "" ? undefined : parseId("owner", request.owner);
  const { runner, feed } = app;
  const journalId = runner.state.journalId ?? "";
  const tokenAt = (position: number) => writeResumeToken(journalId, position);
  const news = subscribe(app, signal);
  let position: number;
  if (request.resumeToken === "") {
    const snapshot = await runner.read((state) => ({
      position: state.position,
      events: snapshotOf(app, state, owner),
    }));
    for (const event of snapshot.events) yield { resumeToken: "", event };
    position = snapshot.position;
    yield { resumeToken: tokenAt(position), event: { $case: "snapshotEnd", value: {} } };
  } else {
    position = resumePosition(app, readResumeToken(journalId, request.resumeToken));
  }
  while (!signal.aborted) {
    const until = runner.durablePosition;
    const events = feed.between({ after: position, until, count: EVENTS_PER_PULL });
    if (!events) throw cursorExpired();
    for (const event of events) {
      position = event.position;
      if (owner === undefined || event.owner === owner) {
        yield { resumeToken: tokenAt(position), event: writeFeedEvent(app, event) };
      }
    }
    if (events.length === EVENTS_PER_PULL) continue;
    position = Math.max(position, until);
    if (runner.durablePosition > position) continue;
    const hadNews = await news.next(WATCH_HEARTBEAT_MS);
    if (!hadNews) yield { resumeToken: tokenAt(position), event: { $case: "heartbeat", value: {} } };
  }
}

function resumePosition({ runner, feed }: FleetApp, position: number | undefined): number {
  const isKnown = position !== undefined && position <= runner.durablePosition;
  if (isKnown && feed.between({ after: position, until: position, count: 0 })) return position;
  throw cursorExpired();
}

function cursorExpired(): MusterError {
  const why = "Cannot resume the watch as the changes after its token are no longer kept: start with a snapshot";
  return new MusterError("CURSOR_EXPIRED", why);
}

type Event = NonNullable<WatchSessionsResponse["event"]>;

function snapshotOf(app: FleetApp, state: FleetState, owner: string | undefined): readonly Event[] {
  const isOurs = (placementId: typeof state.placements extends ReadonlyMap<infer Id, unknown> ? Id : never) =>
    owner === undefined || state.placements.get(placementId)?.request.owner === owner;
  const events: Event[] = [{ $case: "snapshotBegin", value: {} }];
  for (const { battle, placementId } of state.sessions.values()) {
    if (!isLiving(battle) || !isOurs(placementId)) continue;
    events.push({ $case: "session", value: writeBattleSession(sessionAtWall(battle, app.runner.wallOf)) });
  }
  for (const [placementId, placement] of state.pendingPlacements) {
    if (isOurs(placementId)) events.push({ $case: "placement", value: writePlacement(placement, undefined) });
  }
  return events;
}

/** Tells when facts were committed since it was last asked. */
function subscribe(app: FleetApp, signal: AbortSignal): { next(waitMs: number): Promise<boolean> } {
  let hasNews = false;
  let wake = new AbortController();
  const onNews = () => {
    hasNews = true;
    wake.abort();
  };
  const stop = app.runner.onCommitted(onNews);
  signal.addEventListener("abort", () => {
    stop();
    wake.abort();
  });
  return {
    async next(waitMs) {
      if (!hasNews && !signal.aborted) {
        wake = new AbortController();
        await app.clock.sleep(waitMs, wake.signal).catch((error: unknown) => {
          if (!isAbortError(error)) throw error;
        });
      }
      const had = hasNews;
      hasNews = false;
      return had || signal.aborted;
    },
  };
}
