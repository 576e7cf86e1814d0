import type { ListPlacementsRequest, ListPlacementsResponse } from "@muster/proto/fleet";
import { sessionOf } from "../core/feed.ts";
import type { FleetApp } from "../fleet-app.ts";
import { writePlacement } from "./placement-wire.ts";
import { sessionAtWall } from "./wall-time.ts";
import { readFilter } from "./watch-placements.ts";

/** Placements that one answer holds. */
const PLACEMENTS_MAX = 1_000;

/** Pending placements, and ended ones if asked for, the newest of them. Reasons: the .proto. */
export function listPlacements(app: FleetApp, message: ListPlacementsRequest): Promise<ListPlacementsResponse> {
  const isWanted = readFilter(message);
  return app.runner.read((state) => {
    const all = message.includeEnded ? state.placements : state.pendingPlacements;
    const wanted = [...all.values()].filter(isWanted).slice(-PLACEMENTS_MAX);
    return {
      placements: wanted.map((placement) => {
        const battle = sessionOf(state, placement);
        return writePlacement(placement, battle && sessionAtWall(battle, app.runner.wallOf));
      }),
    };
  });
}
