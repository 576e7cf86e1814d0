import { fieldInvalid, type PlacementId, parseId } from "@muster/proto";
import type { WatchPlacementsRequest, WatchPlacementsResponse } from "@muster/proto/fleet";
import type { CallContext } from "@muster/proto/rpc";
import { placementOf } from "../core/feed.ts";
import type { Placement } from "../core/placement.ts";
import type { FleetApp } from "../fleet-app.ts";
import { writePlacement } from "./placement-wire.ts";
import { sessionAtWall } from "./wall-time.ts";
import { watchFeed } from "./watch-feed.ts";

type Event = NonNullable<WatchPlacementsResponse["event"]>;

/** Placements that one call names. */
const IDS_MAX = 1_000;

/** Every step of the placements that are asked for. Reasons: the .proto. */
export function watchPlacements(
  app: FleetApp,
  request: WatchPlacementsRequest,
  { signal }: CallContext,
): AsyncGenerator<WatchPlacementsResponse> {
  const isWanted = readFilter(request);
  return watchFeed<Event>(
    app,
    {
      resumeToken: request.resumeToken,
      snapshot(state) {
        const pending = [...state.pendingPlacements.values()].filter(isWanted);
        return pending.map(
          (placement) => ({ $case: "placement", value: writePlacement(placement, undefined) }) as const,
        );
      },
      select(event) {
        const told = placementOf(event);
        if (!told || !isWanted(told.placement)) return undefined;
        const battle = told.battle && sessionAtWall(told.battle, app.runner.wallOf);
        return { $case: "placement", value: writePlacement(told.placement, battle) };
      },
    },
    signal,
  );
}

/** @throws {MusterError} ID_MALFORMED, FIELD_INVALID. */
export function readFilter(filter: {
  readonly owner: string;
  readonly queue: string;
  readonly placementIds: readonly string[];
}): (placement: Placement) => boolean {
  const { placementIds } = filter;
  if (placementIds.length > IDS_MAX) throw fieldInvalid("placement_ids", `at most ${IDS_MAX} ids`, placementIds.length);
  const ids = new Set(placementIds.map((id) => parseId<PlacementId>("placement_ids", id)));
  const owner = filter.owner === "" ? undefined : parseId("owner", filter.owner);
  const queue = filter.queue === "" ? undefined : parseId("queue", filter.queue);
  return ({ request }) =>
    (ids.size === 0 || ids.has(request.placementId)) &&
    (owner === undefined || request.owner === owner) &&
    (queue === undefined || request.queue === queue);
}
