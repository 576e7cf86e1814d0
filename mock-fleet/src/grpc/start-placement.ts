import type { StartPlacementRequest, StartPlacementResponse } from "@muster/proto/fleet";
import { startPlacement as decide } from "../core/placement.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { placementOf } from "./placement-of.ts";
import { readPlacementRequest } from "./placement-wire.ts";

/** Reads the request, decides, answers with the placement as it is then. Reasons: the .proto. */
export async function startPlacement(app: FleetApp, message: StartPlacementRequest): Promise<StartPlacementResponse> {
  const request = readPlacementRequest(message, app.viewer?.project);
  const asked = { request, bodyDigest: bodyDigest(request) };
  const placementId = await app.runner.decide((state, moment) => decide(state, asked, moment));
  return { placement: await placementOf(app, placementId) };
}
