// What ended long ago, taken out of the state.
import type { ServerSessionId } from "@muster/proto";
import { creationOf, forgetCreation } from "../creations.ts";
import type { FleetFold } from "../fleet-state.ts";
import type { Fact } from "./fact-of.ts";

export function forget(state: FleetFold, fact: Fact<"forgotten">): void {
  for (const processId of fact.processIds) state.processes.delete(processId);
  // Before the placements, which say whose sessions they were.
  for (const sessionId of fact.sessionIds) forgetSession(state, sessionId);
  for (const placementId of fact.placementIds) state.placements.delete(placementId);
}

function forgetSession(state: FleetFold, sessionId: ServerSessionId): void {
  const session = state.sessions.get(sessionId);
  if (session) forgetCreation(state.creations, creationOf(session.battle, state.placements.get(session.placementId)));
  for (const playerSessionId of session?.seats.keys() ?? []) state.sessionBySeat.delete(playerSessionId);
  for (const requestId of session?.requests.keys() ?? []) state.sessionByRequest.delete(requestId);
  state.sessions.delete(sessionId);
}
