// The fleet's sessions as its feed tells them: a cache of the fleet's truth, rebuilt from a snapshot after a restart. What the
// matcher decides from it is journaled; the view is not.
import {
  applySessionChange,
  type BattleSession,
  type MatchId,
  type PlacementId,
  type ServerSessionId,
  type SessionChange,
} from "@muster/proto";

/** A placement as the fleet tells it. */
export type PlacementReport = { readonly placementId: PlacementId } & (
  | { readonly state: "PENDING" }
  | { readonly state: "FULFILLED"; readonly session: BattleSession }
  | { readonly state: "CANCELLED" | "TIMED_OUT" | "FAILED"; readonly failure: string }
);

export interface SessionView {
  find(id: ServerSessionId): BattleSession | undefined;
  /** Takes the session over unless what is known is as new; answers whether it did. */
  put(session: BattleSession): boolean;
  /** Folds a change; undefined if the session is unknown. */
  apply(change: SessionChange): BattleSession | undefined;
  beginSnapshot(): void;
  /** Ends the snapshot: whatever it did not name is dropped. Without a begin it changes nothing. */
  endSnapshot(): void;
  /** Ended sessions are dropped once their end has been decided on. */
  drop(id: ServerSessionId): void;
  /** A snapshot has been read to its end: what is not here does not live. */
  readonly complete: boolean;
}

/** A view that knows nothing yet. */
export function createSessionView(): SessionView {
  const sessions = new Map<ServerSessionId, BattleSession>();
  let named: Set<ServerSessionId> | undefined;
  let complete = false;
  return {
    find: (id) => sessions.get(id),
    put(session) {
      named?.add(session.battleSessionId);
      const known = sessions.get(session.battleSessionId);
      if (known && known.revision >= session.revision) return false;
      sessions.set(session.battleSessionId, session);
      return true;
    },
    apply(change) {
      const known = sessions.get(change.battleSessionId);
      if (!known) return undefined;
      const next = applySessionChange(known, change);
      sessions.set(change.battleSessionId, next);
      return next;
    },
    beginSnapshot() {
      named = new Set();
    },
    endSnapshot() {
      if (!named) return;
      for (const id of [...sessions.keys()]) if (!named.has(id)) sessions.delete(id);
      named = undefined;
      complete = true;
    },
    drop: (id) => {
      sessions.delete(id);
    },
    get complete() {
      return complete;
    },
  };
}

/** Match and attempt of a placement id of ours; undefined for anything else. */
export function parsePlacementId(id: PlacementId): { readonly matchId: MatchId; readonly attempt: number } | undefined {
  const found = /^(.+)\.([1-9][0-9]{0,3})$/.exec(id);
  if (!found) return undefined;
  return { matchId: found[1] as MatchId, attempt: Number(found[2]) };
}
