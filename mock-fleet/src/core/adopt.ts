// A session that no matcher asked for, taken on by one: it hears of the session from then on, and the game's backfill commands go
// to it.
import { type BattleSession, MusterError, type ServerSessionId } from "@muster/proto";
import { type Decision, unchanged } from "./decision.ts";
import { getSession } from "./fill.ts";
import type { FleetState } from "./fleet-state.ts";

export type Adoption = {
  readonly sessionId: ServerSessionId;
  /** Of the matcher: what WatchSessions selects by. */
  readonly owner: string;
  readonly matcherEndpoint: string;
  /** A secret. */
  readonly capabilityKey: Uint8Array;
};

/** The session, and the secret that counts. */
export type Adopted = { readonly battle: BattleSession; readonly capabilityKey: Uint8Array };

/**
 * The fact that the matcher takes the session on; none if it has already. Its first secret stays: of several who ask at once, or of
 * a copy that was long under way, none may leave the matcher with another one than the fleet.
 *
 * @throws {MusterError} SERVER_SESSION_NOT_FOUND, SESSION_NOT_ACTIVE; NOT_PERMITTED for a session of another matcher.
 */
export function adoptSession(state: FleetState, adoption: Adoption): Decision<Adopted> {
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
  const isTaken = isOwn && request.matcherEndpoint !== "";
  const capabilityKey = isTaken ? request.capabilityKey : adoption.capabilityKey;
  const reply = { battle, capabilityKey };
  if (isTaken && request.matcherEndpoint === adoption.matcherEndpoint) return unchanged(reply);
  return { facts: [{ type: "session-adopted", ...adoption, capabilityKey }], reply };
}
