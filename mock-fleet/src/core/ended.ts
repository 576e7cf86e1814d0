// What is over is remembered for a while, so that repeats of old ids are recognised, and then forgotten. For how long is the
// configuration's to say, at the moment of forgetting: the fold notes only when each thing ended.
import type { PlacementId, ProcessId, ServerSessionId } from "@muster/proto";
import type { FleetFact } from "./fleet-fact.ts";
import type { FleetState } from "./fleet-state.ts";
import { isEnded } from "./process.ts";
import type { ServerSession } from "./session.ts";

export type Ended =
  | { readonly atMs: number; readonly type: "placement"; readonly placementId: PlacementId }
  | { readonly atMs: number; readonly type: "process"; readonly processId: ProcessId }
  | { readonly atMs: number; readonly type: "session"; readonly sessionId: ServerSessionId };

/** Tells what ended in one instant apart. */
export function endedId(ended: Ended): string {
  switch (ended.type) {
    case "placement":
      return ended.placementId;
    case "process":
      return ended.processId;
    case "session":
      return ended.sessionId;
  }
}

/** Since when a placement that ended at `endedAtMs` is over: not before its session is, whose watchers need it. */
export function placementOverMs(
  endedAtMs: number | undefined,
  session: Pick<ServerSession, "endedAtMs"> | undefined,
): number | undefined {
  if (endedAtMs === undefined || (session && session.endedAtMs === undefined)) return undefined;
  return Math.max(endedAtMs, session?.endedAtMs ?? 0);
}

/** Forgets what ended long enough ago, in one fact; nothing of it that was forgotten before. */
export function forgetEnded(state: FleetState, ended: readonly Ended[]): readonly FleetFact[] {
  const processIds = ended.flatMap((one) => (one.type === "process" ? one.processId : []));
  const placementIds = ended.flatMap((one) => (one.type === "placement" ? one.placementId : []));
  const sessionIds = ended.flatMap((one) => (one.type === "session" ? one.sessionId : []));
  const forgotten = {
    processIds: processIds.filter((id) => isOver(state.processes.get(id), isEnded)),
    placementIds: placementIds.filter((id) => state.placements.has(id) && !state.pendingPlacements.has(id)),
    sessionIds: sessionIds.filter((id) => isOver(state.sessions.get(id), (one) => one.endedAtMs !== undefined)),
  };
  const count = forgotten.processIds.length + forgotten.placementIds.length + forgotten.sessionIds.length;
  return count === 0 ? [] : [{ type: "forgotten", ...forgotten }];
}

function isOver<Thing>(thing: Thing | undefined, hasEnded: (thing: Thing) => boolean): boolean {
  return thing !== undefined && hasEnded(thing);
}
