import { parseId, writeBattleSession } from "@muster/proto";
import type { WatchSessionsRequest, WatchSessionsResponse } from "@muster/proto/fleet";
import type { CallContext } from "@muster/proto/rpc";
import type { FleetState } from "../core/fleet-state.ts";
import type { ServerSession } from "../core/session.ts";
import type { FleetApp } from "../fleet-app.ts";
import { writeFeedEvent } from "./fleet-wire.ts";
import { gatherEvents } from "./gather-events.ts";
import { writePlacement } from "./placement-wire.ts";
import { sessionAtWall } from "./wall-time.ts";
import { watchFeed } from "./watch-feed.ts";

type Event = NonNullable<WatchSessionsResponse["event"]>;

/** Placements and sessions of one owner, or of all. Reasons: the .proto. */
export function watchSessions(
  app: FleetApp,
  request: WatchSessionsRequest,
  { signal }: CallContext,
): AsyncGenerator<WatchSessionsResponse> {
  const owner = request.owner === "" ? undefined : parseId("owner", request.owner);
  const form = { isBrief: request.brief ?? false };
  return watchFeed<Event>(
    app,
    {
      resumeToken: request.resumeToken,
      snapshot: (state) => listLiving(app, state, owner),
      select: (event) => (owner === undefined || event.owner === owner ? writeFeedEvent(app, event, form) : undefined),
      gather: form.isBrief ? gatherEvents : undefined,
    },
    signal,
  );
}

function listLiving(app: FleetApp, state: FleetState, owner: string | undefined): Iterable<Event> {
  const living = [...state.sessions.values()].filter(
    (session) => session.endedAtMs === undefined && isOwnedBy(state, session, owner),
  );
  const pending = [...state.pendingPlacements.values()].filter(
    ({ request }) => owner === undefined || request.owner === owner,
  );
  // Written one by one as they are read: together they would hold everybody else up.
  return (function* () {
    for (const { battle } of living) {
      yield { $case: "session", value: writeBattleSession(sessionAtWall(battle, app.runner.wallOf)) } as const;
    }
    for (const placement of pending) yield { $case: "placement", value: writePlacement(placement, undefined) } as const;
  })();
}

function isOwnedBy(state: FleetState, { placementId }: ServerSession, owner: string | undefined): boolean {
  return owner === undefined || state.placements.get(placementId)?.request.owner === owner;
}
