// Looks at the backfills of battle sessions anew: what they play by has changed, or the fleet has shown something of the session.
import type { BattleSession, ServerSessionId } from "@muster/proto";
import { isLiveBackfill } from "./core/backfill.ts";
import { decideSessionChange } from "./core/session-change.ts";
import type { SessionOutbox } from "./session-outbox.ts";
import { record, type Workshop } from "./workshop.ts";

export interface SessionReviews {
  /** Whether what becomes of the session changes anything here: that of a battle without a backfill only ends. */
  concernsUs(session: BattleSession): boolean;
  /** Looks at a session's backfill anew. */
  review(id: ServerSessionId): void;
  /** The same for all battles with a live backfill. */
  reviewAll(): void;
}

/** `guard` is given what is written, and tells of it if it cannot be. */
export function createSessionReviews(
  workshop: Workshop,
  outbox: SessionOutbox,
  guard: (work: Promise<unknown>) => void,
): SessionReviews {
  const { view } = workshop;
  const { state } = workshop.ledger;
  const concernsUs = ({ battleSessionId, state: phase }: BattleSession) => {
    const matched = state.sessions.get(battleSessionId);
    return matched !== undefined && (phase === "TERMINATED" || (matched.backfill ?? matched.fill) !== undefined);
  };
  const review = (id: ServerSessionId) => {
    const session = view.find(id);
    if (!session || !concernsUs(session)) return;
    guard(record(workshop, (now) => decideSessionChange(now, session)));
    outbox.poke(id);
  };
  return {
    concernsUs,
    review,
    reviewAll() {
      for (const { battleSessionId, backfill, ended } of state.sessions.values()) {
        if (!ended && backfill && isLiveBackfill(backfill.document)) review(battleSessionId);
      }
    },
  };
}
