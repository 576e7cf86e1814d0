// A session that no matcher asked for, taken on by one: it hears of the session from then on, and the game's backfill commands go
// to it.
import { MusterError, type ServerSessionId } from "@muster/proto";
import { type Decision, unchanged } from "./decision.ts";
import { getSession } from "./fill.ts";
import type { FleetState } from "./fleet-state.ts";
import type { ServerSession } from "./session.ts";

export type Adoption = {
  readonly sessionId: ServerSessionId;
  /** Of the matcher: what WatchSessions selects by. */
  readonly owner: string;
  readonly matcherEndpoint: string;
  /** A secret. */
  readonly capabilityKey: Uint8Array;
};

/**
 * The fact that the matcher takes the session on; none if it has already, in these words. In others the last count, as after a
 * matcher that died before it heard the answer.
 *
 * @throws {MusterError} SERVER_SESSION_NOT_FOUND, SESSION_NOT_ACTIVE; NOT_PERMITTED for a session of another matcher.
 */
export function adoptSession(state: FleetState, adoption: Adoption): Decision<ServerSession> {
  const session = getSession(state, adoption.sessionId);
  const { battle, placementId } = session;
  if (battle.state !== "ACTIVE") {
    const why = `Cannot adopt session ${battle.battleSessionId} as only an active one can be: it is ${battle.state}`;
    throw new MusterError("SESSION_NOT_ACTIVE", why);
  }
  const request = state.placements.get(placementId)?.request;
  const isOwn = request?.owner === adoption.owner;
  if (request && request.matcherEndpoint !== "" && !isOwn) {
    const why = `Cannot adopt session ${battle.battleSessionId} as it must be no other matcher's: ${request.owner} has it`;
    throw new MusterError("NOT_PERMITTED", why);
  }
  const isSame = isOwn && request.matcherEndpoint === adoption.matcherEndpoint;
  if (isSame && isSameKey(request.capabilityKey, adoption.capabilityKey)) return unchanged(session);
  return { facts: [{ type: "session-adopted", ...adoption }], reply: session };
}

function isSameKey(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
