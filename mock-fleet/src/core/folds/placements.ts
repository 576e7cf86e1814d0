// Facts of placements, folded: from the request to the session that it gets, or to its end without one.
import { invariant } from "@muster/kit";
import type { PlacementId } from "@muster/proto";
import { placementOverMs } from "../ended.ts";
import type { FleetFold } from "../fleet-state.ts";
import { changePlacement, deadlinesOfPlacement, type Placement } from "../placement.ts";
import type { Fact } from "./fact-of.ts";

export function startPlacement(state: FleetFold, fact: Fact<"placement-started">, timeMs: number): void {
  const { placementId } = fact.request;
  const placement: Placement = {
    request: fact.request,
    bodyDigest: fact.bodyDigest,
    startedAtMs: timeMs,
    expiresAtMs: fact.expiresAtMs,
    createdAtWallMs: fact.createdAtWallMs,
    latencyPolicies: fact.latencyPolicies,
    isDirect: fact.isDirect,
    sessionId: undefined,
    tried: new Set(),
    end: undefined,
  };
  if (fact.request.project !== undefined) state.projects.add(fact.request.project);
  state.placements.set(placementId, placement);
  state.pendingPlacements.set(placementId, placement);
  state.waitingPlacements.add(placementId);
  for (const deadline of deadlinesOfPlacement(placement)) state.agenda.add(deadline);
}

export function endPlacement(state: FleetFold, fact: Fact<"placement-ended">, timeMs: number): void {
  const { placementId } = fact;
  const placement = state.placements.get(placementId);
  invariant(placement && !placement.end, "a placement ends once");
  const end = {
    state: fact.state,
    failure: fact.failure,
    endedAtMs: timeMs,
    endedAtWallMs: fact.endedAtWallMs,
  };
  state.placements.set(placementId, changePlacement(placement, { end }));
  state.pendingPlacements.delete(placementId);
  state.waitingPlacements.delete(placementId);
  noteWhenOver(state, placementId);
}

export function adoptSession(state: FleetFold, fact: Fact<"session-adopted">): void {
  const session = state.sessions.get(fact.sessionId);
  const placement = session && state.placements.get(session.placementId);
  invariant(session && placement, "a session that is adopted lives, and so does what it was made for");
  const { owner, matcherEndpoint, capabilityKey } = fact;
  const request = { ...placement.request, owner, matcherEndpoint, capabilityKey };
  state.placements.set(session.placementId, changePlacement(placement, { request }));
}

/** Remembers a placement that is over, its session too, for as long as what has ended is. */
export function noteWhenOver(state: FleetFold, placementId: PlacementId): void {
  const placement = state.placements.get(placementId);
  const session = placement?.sessionId && state.sessions.get(placement.sessionId);
  const atMs = placementOverMs(placement?.end?.endedAtMs, session);
  if (atMs !== undefined) state.ended.add({ type: "placement", atMs, placementId });
}

/** The attempt is over and the placement is not: it waits in its old place, or, if it has no other attempt, ends by itself. */
export function waitAgain(state: FleetFold, placementId: PlacementId, timeMs: number): void {
  const placement = state.pendingPlacements.get(placementId);
  if (!placement) return;
  if (placement.isDirect) {
    const failed = changePlacement(placement, { expiresAtMs: timeMs });
    state.placements.set(placementId, failed);
    state.pendingPlacements.set(placementId, failed);
    for (const deadline of deadlinesOfPlacement(failed)) state.agenda.add(deadline);
    return;
  }
  const waiting = new Set([...state.waitingPlacements, placementId]);
  state.waitingPlacements = new Set([...state.pendingPlacements.keys()].filter((id) => waiting.has(id)));
}
