// A stream of placements: each is decided as it comes, all that come together are one write, and answers leave when they are
// durable. Of a brief request's placement that waits for its session nothing is answered but its id, with others that are as far.
import { fieldInvalid, toMusterError } from "@muster/proto";
import type { StartPlacementRequest, StartPlacementsRequest, StartPlacementsResponse } from "@muster/proto/fleet";
import { answerEach } from "@muster/service";
import type { FleetApp } from "../fleet-app.ts";
import { acceptPlacement, placementStarted } from "./start-placement.ts";

/** Ends with its requests, when all are answered. Reasons: the .proto. */
export function startPlacements(
  app: FleetApp,
  requests: AsyncIterable<StartPlacementsRequest>,
): AsyncIterable<StartPlacementsResponse> {
  const start = async (request: StartPlacementRequest, isBrief: boolean): Promise<StartPlacementsResponse> => {
    const started = await acceptPlacement(app, request);
    const { placementId, accepted } = started;
    if (isBrief && accepted) return pendingAre([placementId]);
    return { placementId, placement: await placementStarted(app, started), error: undefined };
  };
  const answer = async (request: StartPlacementRequest, isBrief: boolean): Promise<StartPlacementsResponse> => {
    const { placementId } = request;
    try {
      return await start(request, isBrief);
    } catch (error) {
      const { reason, message, metadata } = toMusterError(error);
      if (reason === "INTERNAL_FAULT") app.log.error({ error, placementId }, "A placement met a mistake of ours");
      return { placementId, placement: undefined, error: { reason, message, metadata: { ...metadata } } };
    }
  };
  const read = async ({ placement, brief = false }: StartPlacementsRequest) => {
    if (!placement) throw fieldInvalid("placement", "a request", "absent");
    return await answer(placement, brief);
  };
  return answerEach(requests, read, joinPending);
}

/** One answer in place of all that say nothing but that placements are pending, and the others as they are. */
function joinPending(ready: readonly StartPlacementsResponse[]): readonly StartPlacementsResponse[] {
  const pending = ready.flatMap((answer) => answer.pending?.placementIds ?? []);
  const others = ready.filter((answer) => answer.pending === undefined);
  return pending.length === 0 ? others : [pendingAre(pending), ...others];
}

function pendingAre(placementIds: string[]): StartPlacementsResponse {
  return { placementId: "", placement: undefined, error: undefined, pending: { placementIds } };
}
