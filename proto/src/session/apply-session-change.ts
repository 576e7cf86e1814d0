// The one fold of a session's changes: what the fleet decides, matcher, sidecar and SDK retrace with this function.
import { invariant } from "@muster/kit";
import type { BattleSession, SessionChange } from "./battle-session.ts";

/**
 * The session after `change`. A change that the session has already (its revision is not above) leaves it as it is.
 *
 * @throws {InvariantError} if a revision is missing between the two: whoever feeds changes must send a snapshot instead.
 */
export function applySessionChange(session: BattleSession, change: SessionChange): BattleSession {
  invariant(session.battleSessionId === change.battleSessionId, "a change belongs to the session that it names");
  if (change.revision <= session.revision) return session;
  invariant(
    change.revision === session.revision + 1,
    `changes come without a gap: revision ${change.revision} cannot follow ${session.revision}`,
  );
  return {
    ...session,
    revision: change.revision,
    rosterVersion: change.rosterVersion,
    playerSessions: applySeats(session, change),
    backfill: change.backfill ?? session.backfill,
    state: change.state ?? session.state,
    creationPolicy: change.creationPolicy ?? session.creationPolicy,
    address: change.address ?? session.address,
    unreachable: change.unreachable ?? session.unreachable,
    endCause: change.endCause ?? session.endCause,
    customData: change.customData ?? session.customData,
    capacity: change.capacity ?? session.capacity,
    name: change.name === undefined ? session.name : change.name || undefined,
    protection: change.protection ?? session.protection,
  };
}

function applySeats(session: BattleSession, change: SessionChange): BattleSession["playerSessions"] {
  if (change.added.length + change.updated.length + change.removed.length === 0) return session.playerSessions;
  const gone = new Set(change.removed.map((seat) => seat.playerSessionId));
  const updated = new Map(change.updated.map((seat) => [seat.playerSessionId, seat]));
  const kept = session.playerSessions
    .filter((seat) => !gone.has(seat.playerSessionId))
    .map((seat) => updated.get(seat.playerSessionId) ?? seat);
  return [...kept, ...change.added];
}
