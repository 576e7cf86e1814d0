// All checkers, most telling first: the one that names the cause before the one that names what came of it. A new promise is
// a file beside this one and a line here.
import { createHistory } from "../model/history.ts";
import type { Observation } from "../observation.ts";
import { bDiesWithSession } from "./b-dies-with-session.ts";
import { bFit } from "./b-fit.ts";
import { bOneLive } from "./b-one-live.ts";
import { bPrefers } from "./b-prefers.ts";
import { bTarget } from "./b-target.ts";
import { bWelcome } from "./b-welcome.ts";
import { type Books, createBooks } from "./books/books.ts";
import type { Checker } from "./checker.ts";
import { eAtLeastOnce } from "./e-at-least-once.ts";
import { eCustomData } from "./e-custom-data.ts";
import { eIdempotent } from "./e-idempotent.ts";
import { eOrder } from "./e-order.ts";
import { ePlacements } from "./e-placements.ts";
import { ePush } from "./e-push.ts";
import { eTrue } from "./e-true.ts";
import { jOrder } from "./j-order.ts";
import { lBounded } from "./l-bounded.ts";
import { lProgress } from "./l-progress.ts";
import { mAcceptAll } from "./m-accept-all.ts";
import { mDeterministic } from "./m-deterministic.ts";
import { mDisjoint } from "./m-disjoint.ts";
import { mForms } from "./m-forms.ts";
import { mFresh } from "./m-fresh.ts";
import { mNoBypass } from "./m-no-bypass.ts";
import { mQueries } from "./m-queries.ts";
import { mRules } from "./m-rules.ts";
import { mVersion } from "./m-version.ts";
import { mWhole } from "./m-whole.ts";
import { pAcceptOnce } from "./p-accept-once.ts";
import { pBrought } from "./p-brought.ts";
import { pDescribed } from "./p-described.ts";
import { pRemoveOnce } from "./p-remove-once.ts";
import { pReserveExpires } from "./p-reserve-expires.ts";
import { qMonotonic } from "./q-monotonic.ts";
import { sCapacity } from "./s-capacity.ts";
import { sCreated } from "./s-created.ts";
import { sDrain } from "./s-drain.ts";
import { sFenced } from "./s-fenced.ts";
import { type Fleet, sLatencyCap } from "./s-latency-cap.ts";
import { sLossNoticed } from "./s-loss-noticed.ts";
import { sOnePerMatch } from "./s-one-per-match.ts";
import { sOutsiders } from "./s-outsiders.ts";
import { sProcessLimit } from "./s-process-limit.ts";
import { type Aliases, type Queue, sQueueFallback } from "./s-queue-fallback.ts";
import { tCancelTruth } from "./t-cancel-truth.ts";
import { tDeleted } from "./t-deleted.ts";
import { tExplain } from "./t-explain.ts";
import { tHistory } from "./t-history.ts";
import { tHook } from "./t-hook.ts";
import { tIdempotent } from "./t-idempotent.ts";
import { tJoinOnce } from "./t-join-once.ts";
import { tLegalEdge } from "./t-legal-edge.ts";
import { tNoLoss } from "./t-no-loss.ts";
import { tOneTerminal } from "./t-one-terminal.ts";
import { tParty } from "./t-party.ts";
import { tPlayerOnce } from "./t-player-once.ts";
import { tPresence } from "./t-presence.ts";
import { tRejoin } from "./t-rejoin.ts";
import { tReturnAge } from "./t-return-age.ts";
import { xClock } from "./x-clock.ts";
import { xSecret } from "./x-secret.ts";

/** What the world has promised about itself and no fact tells. */
export type Terms = {
  readonly hostLostAfterMs: number;
  readonly queues: readonly Queue[];
  readonly fleets: readonly Fleet[];
  readonly aliases: Aliases;
};

/** One checker that is all of them: each sees every observation, and what all before it have seen. */
export function createCheckers(terms: Terms): Checker & { readonly names: readonly string[] } {
  const books = createBooks();
  const checkers = listCheckers(books, terms);
  return {
    name: "all",
    names: checkers.map((checker) => checker.name),
    see(observation: Observation) {
      books.open(observation);
      for (const checker of checkers) checker.see(observation);
      books.fold(observation);
      if (observation.type === "end") for (const checker of checkers) checker.end?.();
    },
  };
}

function listCheckers(books: Books, terms: Terms): readonly Checker[] {
  return [
    jOrder(),
    xClock(),
    xSecret(),
    tIdempotent(books),
    tPlayerOnce(books),
    tParty(books),
    tPresence(books),
    tJoinOnce(books),
    tHook(),
    tRejoin(books),
    tCancelTruth(books),
    mDisjoint(books),
    mAcceptAll(books),
    mFresh(books),
    mWhole(books),
    mVersion(books),
    mRules(books),
    mQueries(books),
    mNoBypass(books),
    mForms(books),
    tReturnAge(books),
    tDeleted(books),
    tExplain(books),
    tHistory(books),
    tOneTerminal(books),
    tLegalEdge(books),
    tNoLoss(books),
    sFenced(books),
    sCapacity(books),
    sOutsiders(books),
    sOnePerMatch(books),
    sCreated(books),
    sProcessLimit(books, terms),
    sLossNoticed(books, terms),
    sQueueFallback(books, terms),
    sDrain(books, terms),
    sLatencyCap(books, terms),
    pAcceptOnce(books),
    pReserveExpires(books),
    pRemoveOnce(books),
    pDescribed(books),
    pBrought(books),
    bOneLive(books),
    bFit(books),
    bWelcome(books),
    bPrefers(books),
    bTarget(books),
    bDiesWithSession(books),
    mDeterministic(),
    eOrder(books),
    ePlacements(books),
    eTrue(books),
    eIdempotent(books),
    eAtLeastOnce(books),
    ePush(books),
    eCustomData(books),
    qMonotonic(books),
    lProgress(books),
    lBounded(books),
    createHistory(books),
  ];
}
