// Follows what the fleet shows of sessions and placements, into reviews, rounds and whatever waits for it.
import { isLiveBackfill } from "./core/backfill.ts";
import { presentPlacementId } from "./core/match.ts";
import { touchSession } from "./core/matcher-state.ts";
import type { PlacementReport } from "./core/session-view.ts";
import type { FactRoutes } from "./route-facts.ts";
import { readSessionFeed } from "./session-feed.ts";
import type { Workshop } from "./workshop.ts";

/** How long a restarted matcher that has battles to fill waits for the fleet to show them, in ms. */
const SHOWN_WITHIN_MS = 2_000;

type FleetFollowing = {
  /** Ends when `signal` aborts. */
  readonly feed: Promise<void>;
  /**
   * Resolves when the fleet has shown the battles that are to be filled, or has taken too long to: they have the first claim
   * on who waits, which a round can honour only then.
   */
  readonly sessionsShown: () => Promise<void>;
};

/** Follows until `signal` aborts. */
export function followFleet(
  workshop: Workshop,
  parts: Pick<FactRoutes, "placements" | "outbox" | "checks" | "marks" | "reviews"> & {
    readonly onPlacement: (placement: PlacementReport) => void;
  },
  signal: AbortSignal,
): FleetFollowing {
  const { view, clock } = workshop;
  const { state } = workshop.ledger;
  const { placements, outbox, checks, marks, reviews, onPlacement } = parts;
  const shown = Promise.withResolvers<void>();
  const feed = readSessionFeed(
    workshop,
    {
      onSession(session, before) {
        const id = session.battleSessionId;
        const matched = state.sessions.get(id);
        if (!matched && session.state === "TERMINATED") return view.drop(id);
        if (!reviews.concernsUs(session)) return;
        reviews.review(id);
        if ((matched?.backfill ?? matched?.fill) === undefined) return; // Nobody is sought for it, nor held back.
        if (before?.rosterVersion === session.rosterVersion && !outbox.isBlocked(id)) return;
        const hasFreedSeat = before !== undefined && session.playerSessions.length < before.playerSessions.length;
        marks.markSession(id, hasFreedSeat ? "at-once" : "now");
      },
      onPlacement,
      onSnapshot(named) {
        shown.resolve();
        for (const match of state.matches.values()) {
          if (!named.has(presentPlacementId(match))) placements.poke(match.matchId);
        }
        for (const [id, session] of state.sessions) {
          if (!session.ended && !view.find(id)) checks.poke(id);
          touchSession(state, id);
        }
        marks.markAll();
      },
    },
    signal,
  );
  return {
    feed,
    async sessionsShown() {
      const sessions = [...state.sessions.values()];
      if (!sessions.some(({ ended, backfill }) => !ended && backfill && isLiveBackfill(backfill.document))) return;
      await Promise.race([shown.promise, clock.sleep(SHOWN_WITHIN_MS, signal)]);
    },
  };
}
