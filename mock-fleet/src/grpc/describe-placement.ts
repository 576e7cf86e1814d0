import { type PlacementId, parseId } from "@muster/proto";
import type { DescribePlacementRequest, DescribePlacementResponse } from "@muster/proto/fleet";
import type { FleetApp } from "../fleet-app.ts";
import { placementOf } from "./placement-of.ts";

/** The placement as it is now, with the session of a fulfilled one. Reasons: the .proto. */
export async function describePlacement(
  app: FleetApp,
  message: DescribePlacementRequest,
): Promise<DescribePlacementResponse> {
  return { placement: await placementOf(app, parseId<PlacementId>("placement_id", message.placementId)) };
}
