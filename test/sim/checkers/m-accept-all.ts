// M-ACCEPT-ALL: where players are asked, a match is placed only if all of them accepted this very match before its deadline; a proposal
// ends by a refusal or by its deadline, only those are blamed who refused or were silent, and whoever is told "accepted" is.
import type { MatcherFact } from "@muster/matcher/testing";
import { MatchAnswer, TicketState } from "@muster/proto/matchmaking";
import type { Books } from "./books/books.ts";
import { isCallOf, okOf } from "./books/call-book.ts";
import { ticketsOf } from "./books/matcher-entries.ts";
import { isAcceptedByAll, type ProposalEntry } from "./books/proposal-book.ts";
import { BrokenPromise, type Checker } from "./checker.ts";
import { createDueList } from "./due-list.ts";
import { SETTLE_MS } from "./settle.ts";

const NAME = "M-ACCEPT-ALL";
/** How late the end of a proposal may be written, in ms. */
const LATE_MS = 2_000;

type Ended = Extract<MatcherFact, { type: "proposal-ended" }>;

export function mAcceptAll(books: Books): Checker {
  const { configurations, proposals, tickets } = books.matcher;
  /** Every answer that was ever asked for: "ACCEPT match ticket player". */
  const asked = new Set<string>();
  const due = createDueList<string>();
  const break_ = (why: string): never => {
    throw new BrokenPromise(NAME, why);
  };
  const keyOf = (answer: string, matchId: string, ticketId: string, playerId: string) =>
    `${answer} ${matchId} ${ticketId} ${playerId}`;

  const checkAccepted = (fact: Extract<MatcherFact, { type: "match-accepted" }>, journalMs: number) => {
    const { matchId, ticketId, playerIds } = fact;
    const proposal = proposals.get(matchId);
    if (!proposal?.isOpen) return break_(`${ticketId} accepts ${matchId}, which is not proposed`);
    if (journalMs >= proposal.deadlineAtMs) break_(`${ticketId} accepts ${matchId} after its deadline`);
    for (const playerId of playerIds) {
      const isOf = proposal.match.players.some((one) => one.playerId === playerId && one.ticketId === ticketId);
      if (!isOf) break_(`${playerId} accepts ${matchId} for ${ticketId}, and is none of its players`);
      if (!asked.has(keyOf("ACCEPT", matchId, ticketId, playerId))) {
        break_(`${playerId} is said to have accepted ${matchId}, and never did`);
      }
    }
  };
  const checkEnded = ({ matchId, outcomes }: Ended, journalMs: number) => {
    const proposal = proposals.get(matchId);
    if (!proposal?.isOpen) return break_(`${matchId} ends, and is not proposed`);
    const named = outcomes
      .map(({ ticketId }) => ticketId as string)
      .toSorted()
      .join();
    if (named !== ticketsOf(proposal.match.players).toSorted().join()) break_(`the end of ${matchId} names ${named}`);
    const isOver = journalMs >= proposal.deadlineAtMs;
    const refusals: ReadonlySet<string> = new Set(["REFUSED", "CANCELLED", "PARTY_CHANGED", "OWNER_GONE"]);
    const culprits = outcomes.filter(({ fate }) => refusals.has(fate));
    if (culprits.length !== (isOver ? 0 : 1))
      break_(`${matchId} ends ${isOver ? "late " : ""}with ${culprits.length} refusals`);
    for (const { ticketId, fate } of outcomes) checkFate(proposal, { ticketId, fate }, { journalMs, isOver });
  };
  const checkFate = (
    proposal: ProposalEntry,
    { ticketId, fate }: Ended["outcomes"][number],
    { journalMs, isOver }: { readonly journalMs: number; readonly isOver: boolean },
  ) => {
    const { match, deadlineAtMs } = proposal;
    const mine = match.players.filter((player) => player.ticketId === ticketId);
    const hasAccepted = mine.every(({ playerId }) => proposal.accepted.has(playerId));
    const isTimedAnew = configurations.get(match.configuration)?.requestTimeoutFrom === "RETURN";
    const isInTime = isTimedAnew || (tickets.get(ticketId)?.timesOutAtMs ?? 0) > journalMs;
    const autoContinue = match.acceptance?.autoContinue === true;
    const spared = autoContinue ? (isInTime ? "RETURNED" : "TIMED_OUT") : "DISSOLVED";
    if (fate === "REFUSED") {
      const isAsked = mine.some(({ playerId }) => asked.has(keyOf("REFUSE", match.matchId, ticketId, playerId)));
      if (!isAsked) break_(`${ticketId} is said to have refused ${match.matchId}, and never did`);
      return;
    }
    if (fate === "PARTY_CHANGED") return; // Whether it did, T-PARTY says.
    if (fate === "OWNER_GONE") return; // Whether the owner is, T-PRESENCE says.
    if (fate === "CANCELLED") return; // Whether anybody asked for it, the history of calls says.
    if (isOver && !hasAccepted) {
      if (fate !== "SILENT") break_(`${ticketId} was silent for ${journalMs - deadlineAtMs} ms more, and is ${fate}`);
      return;
    }
    if (fate !== spared && !fate.startsWith(`${spared}_`)) {
      break_(`${ticketId} is ${fate} by the end of ${match.matchId}, and should be ${spared}`);
    }
    if (fate.endsWith("_UNANSWERED") !== isOver && fate !== "TIMED_OUT")
      break_(`${ticketId} is ${fate}, for the wrong reason`);
  };
  /** Nobody asks the fleet for a battle that not everybody wants. */
  const checkPlacement = (matchId: string | undefined) => {
    const proposal = proposals.get(matchId ?? "");
    if (!proposal || isAcceptedByAll(proposal)) return;
    break_(`${matchId} is placed while ${proposal.accepted.size} of ${proposal.match.players.length} accept it`);
  };
  const checkDue = (journalMs: number) => {
    for (let id = due.takeBefore(journalMs - LATE_MS); id !== undefined; id = due.takeBefore(journalMs - LATE_MS)) {
      if (proposals.get(id)?.isOpen) break_(`${id} is open ${LATE_MS} ms after its deadline`);
    }
  };

  return {
    name: NAME,
    see(observation) {
      if (observation.type === "call" && observation.method === "acceptMatch") {
        const call = { ...observation, startedMs: 0, startedTick: 0 };
        if (!isCallOf(call, "acceptMatch")) return;
        const { ticketId, matchId, playerIds, answer } = call.request;
        const word = answer === MatchAnswer.ACCEPT ? "ACCEPT" : "REFUSE";
        for (const playerId of playerIds) asked.add(keyOf(word, matchId, ticketId, playerId));
      }
      if (observation.type === "fleet-fact" && observation.fact.type === "placement-started") {
        checkPlacement(observation.fact.request.matchId);
      }
      if (observation.type === "matcher-fact") {
        const { fact, journalMs, atMs } = observation;
        if (fact.type === "match-accepted") checkAccepted(fact, journalMs);
        if (fact.type === "proposal-ended") checkEnded(fact, journalMs);
        if (fact.type === "match-placed") checkPlacement(fact.matchId);
        const told = fact.type === "match-formed" || fact.type === "match-weighed" ? fact.match : undefined;
        if (told?.acceptance && !told.hook) due.add(told.acceptance.deadlineAtMs, told.matchId);
        if (books.healedMs !== undefined && atMs > books.healedMs + SETTLE_MS) checkDue(journalMs);
        return;
      }
      if (observation.type !== "answer") return;
      const call = books.calls.get(observation.callId);
      if (!isCallOf(call, "acceptMatch")) return;
      const { ticketId, matchId, playerIds, answer } = call.request;
      const proposal = proposals.get(matchId);
      const ticket = okOf(call, "acceptMatch", observation.outcome)?.ticket;
      if (ticket && answer === MatchAnswer.REFUSE && ticket.state !== TicketState.CANCELLED) {
        break_(`the refusal of ${matchId} by ${ticketId} is taken, and the ticket goes on`);
      }
      if (ticket && answer === MatchAnswer.ACCEPT && proposal) {
        const missing = playerIds.filter((playerId) => !proposal.accepted.has(playerId));
        if (missing.length > 0) break_(`${missing} are told that they accepted ${matchId}, and did not`);
      }
      const { outcome } = observation;
      if (!("refused" in outcome) || outcome.refused !== "PROPOSAL_NOT_FOUND" || !proposal) return;
      const isTheirs = ticketsOf(proposal.match.players).includes(ticketId) && tickets.has(ticketId);
      if (isTheirs && proposal.openedTick < call.startedTick) {
        break_(`${ticketId} is told that ${matchId} was never proposed to it`);
      }
    },
    end() {
      if (books.healedMs === undefined) return;
      for (const { match, isOpen } of proposals.values())
        if (isOpen) break_(`${match.matchId} is open after all is over`);
    },
  };
}
