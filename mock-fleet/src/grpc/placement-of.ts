// A placement as it is answered, once everything that it shows is durable.
import type { PlacementId } from "@muster/proto";
import type { Placement } from "@muster/proto/fleet";
import { sessionOf } from "../core/feed.ts";
import { getPlacement } from "../core/placement.ts";
import type { FleetApp } from "../fleet-app.ts";
import { writePlacement } from "./placement-wire.ts";
import { sessionAtWall } from "./wall-time.ts";

/** @throws {MusterError} PLACEMENT_NOT_FOUND */
export function placementOf(app: FleetApp, placementId: PlacementId): Promise<Placement> {
  return app.runner.read((state) => {
    const placement = getPlacement(state, placementId);
    const battle = sessionOf(state, placement);
    return writePlacement(placement, battle && sessionAtWall(battle, app.runner.wallOf));
  });
}
