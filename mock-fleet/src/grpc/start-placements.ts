// A stream of placements: each is decided as it comes, all that come together are one write, and answers leave when they are
// durable.
import { fieldInvalid, toMusterError } from "@muster/proto";
import type { StartPlacementRequest, StartPlacementsRequest, StartPlacementsResponse } from "@muster/proto/fleet";
import { answerEach } from "@muster/service";
import type { FleetApp } from "../fleet-app.ts";
import { startPlacement } from "./start-placement.ts";

/** Ends with its requests, when all are answered. Reasons: the .proto. */
export function startPlacements(
  app: FleetApp,
  requests: AsyncIterable<StartPlacementsRequest>,
): AsyncIterable<StartPlacementsResponse> {
  const answer = async (request: StartPlacementRequest): Promise<StartPlacementsResponse> => {
    const { placementId } = request;
    try {
      const { placement } = await startPlacement(app, request);
      return { placementId, placement, error: undefined };
    } catch (error) {
      const { reason, message, metadata } = toMusterError(error);
      if (reason === "INTERNAL_FAULT") app.log.error({ error, placementId }, "A placement met a mistake of ours");
      return { placementId, placement: undefined, error: { reason, message, metadata: { ...metadata } } };
    }
  };
  return answerEach(requests, async ({ placement }) => {
    if (!placement) throw fieldInvalid("placement", "a request", "absent");
    return await answer(placement);
  });
}
