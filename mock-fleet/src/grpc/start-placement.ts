import type { Placement, StartPlacementRequest, StartPlacementResponse } from "@muster/proto/fleet";
import type { FleetFact } from "../core/fleet-fact.ts";
import { startPlacement as decide } from "../core/placement.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { placementOf } from "./placement-of.ts";
import { readPlacementRequest, writePlacement } from "./placement-wire.ts";

/** Reads the request, decides, answers with the placement: a new one as it was accepted, a known one as it is. Reasons: the .proto. */
export async function startPlacement(app: FleetApp, message: StartPlacementRequest): Promise<StartPlacementResponse> {
  const request = readPlacementRequest(message, app.viewer?.project);
  const asked = { request, bodyDigest: bodyDigest(request) };
  const accepted = await app.runner.decide((state, moment) => {
    const { facts } = decide(state, asked, moment);
    return { facts, reply: pendingOf(facts) };
  });
  return { placement: accepted ?? (await placementOf(app, request.placementId)) };
}

/** The placement that the facts start and do not end. */
function pendingOf([started, ...others]: readonly FleetFact[]): Placement | undefined {
  if (started?.type !== "placement-started" || others.length > 0) return undefined;
  const { request, createdAtWallMs } = started;
  return writePlacement(
    { request, createdAtWallMs, tried: new Set(), sessionId: undefined, end: undefined },
    undefined,
  );
}
