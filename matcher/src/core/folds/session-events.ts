// What the folds tell of battle sessions.
import type { ServerSessionId } from "@muster/proto";
import type { BackfillRecord } from "../backfill.ts";
import type { MatcherState } from "../matcher-state.ts";
import { isOtherBackfill, SESSION_EVENTS_KEPT_MS, type SessionHappening } from "../session-events.ts";
import type { Times } from "./fact-of.ts";

/** Tells of the session's backfill, if it is another than `before`, or in another state. */
export function tellBackfill(
  state: MatcherState,
  id: ServerSessionId,
  before: BackfillRecord | undefined,
  at: Times,
): void {
  const backfill = state.sessions.get(id)?.backfill?.document;
  if (backfill && isOtherBackfill(before?.document, backfill))
    tellSession(state, id, { type: "BACKFILL_CHANGED", backfill }, at);
}

export function tellSession(state: MatcherState, id: ServerSessionId, what: SessionHappening, at: Times): void {
  const session = state.sessions.get(id);
  if (!session) return;
  const { battleSessionId, matchId, configuration } = session;
  const place = session.told + 1;
  state.sessions.set(id, { ...session, told: place });
  const { sequence, atMs, atWallMs } = at;
  state.sessionEvents.forget(atMs - SESSION_EVENTS_KEPT_MS);
  state.sessionEvents.append((number) => {
    return { number, sequence, atMs, atWallMs, battleSessionId, matchId, configuration, place, what };
  });
}
