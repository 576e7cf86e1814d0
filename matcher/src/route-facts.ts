// What each fact sets going once it is durable: placements, hooks, fills, rounds of matching, erasures.
import type { ErasureId, MatchId, ServerSessionId } from "@muster/proto";
import type { MatcherFact } from "./core/fact.ts";
import type { KeyedWork } from "./keyed-work.ts";
import type { PoolMarks } from "./pool-marks.ts";
import type { Rounds } from "./rounds.ts";
import type { SessionOutbox } from "./session-outbox.ts";
import type { SessionReviews } from "./session-reviews.ts";
import type { Workshop } from "./workshop.ts";

/** What facts set going. */
export type FactRoutes = {
  readonly placements: KeyedWork<MatchId>;
  readonly weighing: KeyedWork<MatchId>;
  readonly outbox: SessionOutbox;
  readonly erasures: KeyedWork<ErasureId>;
  readonly emptied: KeyedWork<string>;
  readonly checks: KeyedWork<ServerSessionId>;
  readonly rounds: Rounds;
  readonly marks: PoolMarks;
  readonly reviews: SessionReviews;
};

/** Answers the function that each committed fact is given to, in their order. */
export function createFactRouter(
  { view, viewChanged }: Pick<Workshop, "view" | "viewChanged">,
  routes: FactRoutes,
): (fact: MatcherFact) => void {
  const { placements, weighing, outbox, erasures, emptied, checks, rounds } = routes;
  const { markAll, markTicket, markSession } = routes.marks;
  const { review, reviewAll } = routes.reviews;
  return (fact) => {
    switch (fact.type) {
      case "configuration-deleted":
        if (fact.keepsSearching) emptied.poke(fact.name);
        markAll();
        reviewAll();
        break;
      case "rule-set-put":
      case "configuration-put":
        markAll();
        reviewAll();
        break;
      case "players-joined":
        markTicket(fact.ticketId);
        break;
      case "ticket-created":
        rounds.mark(fact.configuration, "settled");
        break;
      case "match-formed":
        if (fact.match.hook) weighing.poke(fact.match.matchId);
        else if (fact.match.queue !== undefined && !fact.match.acceptance) placements.poke(fact.match.matchId);
        break;
      case "match-weighed":
        placements.poke(fact.matchId); // Nothing to ask for unless it is placed now.
        markAll();
        break;
      case "match-accepted":
        placements.poke(fact.matchId); // It has nothing to ask for unless the last player has accepted.
        break;
      case "proposal-ended":
        for (const { ticketId } of fact.outcomes) markTicket(ticketId);
        break;
      case "placement-ended":
        placements.poke(fact.matchId);
        markAll();
        break;
      case "match-placed":
        review(fact.battleSessionId);
        markSession(fact.battleSessionId, "settled"); // Tickets whose seats had run out search again.
        break;
      case "backfill-started":
      case "backfill-changed":
      case "fill-decided":
        outbox.poke(fact.battleSessionId);
        markSession(fact.battleSessionId);
        break;
      case "fill-applied":
      case "fill-dropped":
        review(fact.battleSessionId);
        markSession(fact.battleSessionId);
        break;
      case "session-ended":
        outbox.forget(fact.battleSessionId);
        view.drop(fact.battleSessionId);
        viewChanged.ring();
        break;
      case "player-erased":
        erasures.poke(fact.erasureId);
        break;
      case "session-adopted":
        // As for a placement: the answer may be older than the session's end.
        if (view.find(fact.battleSessionId)) review(fact.battleSessionId);
        else checks.poke(fact.battleSessionId);
        break;
      case "party-changed":
      case "duplicate-noted":
      case "ticket-rejoined":
      case "preparation-declined":
      case "ticket-cancelled":
      case "ticket-timed-out":
      case "rule-set-deleted": // Nothing plays by it.
      case "ended-forgotten":
      case "erasure-completed":
      case "ticket-refused":
      case "join-key-added":
      case "join-key-revoked":
      case "join-token-redeemed":
        break;
    }
  };
}
