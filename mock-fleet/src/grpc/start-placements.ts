// A stream of placements: each is decided as it comes, all that come together are one write, and answers leave when they are
// durable.
import { createChannel } from "@muster/kit";
import { fieldInvalid, toMusterError } from "@muster/proto";
import type { StartPlacementRequest, StartPlacementsRequest, StartPlacementsResponse } from "@muster/proto/fleet";
import type { FleetApp } from "../fleet-app.ts";
import { startPlacement } from "./start-placement.ts";

/** Requests of one stream that wait for their answer; more are not read before. */
const UNANSWERED_MAX = 4_096;

/** Ends with its requests, when all are answered. Reasons: the .proto. */
export async function* startPlacements(
  app: FleetApp,
  requests: AsyncIterable<StartPlacementsRequest>,
): AsyncGenerator<StartPlacementsResponse> {
  const answers = createChannel<StartPlacementsResponse>();
  let unanswered = 0;
  let wake: () => void = () => undefined;
  const answer = async (request: StartPlacementRequest) => {
    const { placementId } = request;
    try {
      const { placement } = await startPlacement(app, request);
      answers.push({ placementId, placement, error: undefined });
    } catch (error) {
      const { reason, message, metadata } = toMusterError(error);
      if (reason === "INTERNAL_FAULT") app.log.error({ error, placementId }, "A placement met a mistake of ours");
      answers.push({ placementId, placement: undefined, error: { reason, message, metadata: { ...metadata } } });
    }
    unanswered -= 1;
    wake();
  };
  const fewerThan = async (count: number) => {
    while (unanswered >= count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const read = async () => {
    for await (const { placement } of requests) {
      if (!placement) throw fieldInvalid("placement", "a request", "absent");
      unanswered += 1;
      void answer(placement);
      if (unanswered >= UNANSWERED_MAX) await fewerThan(UNANSWERED_MAX);
      if (answers.closed) return;
    }
    await fewerThan(1);
  };
  read().then(
    () => answers.close(),
    (error: unknown) => answers.close(toMusterError(error)),
  );
  yield* answers;
}
