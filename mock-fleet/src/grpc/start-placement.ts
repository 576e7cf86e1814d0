import type { PlacementId } from "@muster/proto";
import type * as wire from "@muster/proto/fleet";
import type { StartPlacementRequest, StartPlacementResponse } from "@muster/proto/fleet";
import type { FleetFact } from "../core/fleet-fact.ts";
import { startPlacement as decide, type Placement } from "../core/placement.ts";
import type { FleetApp } from "../fleet-app.ts";
import { bodyDigest } from "./body-digest.ts";
import { placementOf } from "./placement-of.ts";
import { readPlacementRequest, writePlacement } from "./placement-wire.ts";

type NewPlacement = Pick<Placement, "request" | "createdAtWallMs" | "tried" | "sessionId" | "end">;

export type Started = {
  readonly placementId: PlacementId;
  /** If it is a new one that waits for its session. */
  readonly accepted: NewPlacement | undefined;
};

/** Reads the request, decides, answers with the placement: a new one as it was accepted, a known one as it is. Reasons: the .proto. */
export async function startPlacement(app: FleetApp, message: StartPlacementRequest): Promise<StartPlacementResponse> {
  return { placement: await placementStarted(app, await acceptPlacement(app, message)) };
}

/** Reads the request and decides. Reasons: the .proto. */
export async function acceptPlacement(app: FleetApp, message: StartPlacementRequest): Promise<Started> {
  const request = readPlacementRequest(message, app.viewer?.project);
  const asked = { request, bodyDigest: bodyDigest(request) };
  return await app.runner.decide((state, moment) => {
    const { facts, reply: placementId } = decide(state, asked, moment);
    return { facts, reply: { placementId, accepted: pendingOf(facts) } };
  });
}

export async function placementStarted(app: FleetApp, { placementId, accepted }: Started): Promise<wire.Placement> {
  return accepted ? writePlacement(accepted, undefined) : await placementOf(app, placementId);
}

/** The placement that the facts start and do not end. */
function pendingOf([started, ...others]: readonly FleetFact[]): NewPlacement | undefined {
  if (started?.type !== "placement-started" || others.length > 0) return undefined;
  const { request, createdAtWallMs } = started;
  return { request, createdAtWallMs, tried: new Set(), sessionId: undefined, end: undefined };
}
