import { type PlacementId, parseId } from "@muster/proto";
import type { StopPlacementRequest, StopPlacementResponse } from "@muster/proto/fleet";
import { stopPlacement as decide } from "../core/placement.ts";
import type { FleetApp } from "../fleet-app.ts";
import { placementOf } from "./placement-of.ts";

/** Ends a pending placement; answers with it. Reasons: the .proto. */
export async function stopPlacement(app: FleetApp, message: StopPlacementRequest): Promise<StopPlacementResponse> {
  const placementId = parseId<PlacementId>("placement_id", message.placementId);
  await app.runner.decide((state, moment) => decide(state, placementId, moment));
  return { placement: await placementOf(app, placementId) };
}
