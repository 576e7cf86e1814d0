// What may happen while players are asked whether they want a match.
import { MatchAnswer } from "@muster/proto/matchmaking";
import type { Books } from "../checkers/books/books.ts";
import { isCallOf, okOf } from "../checkers/books/call-book.ts";
import type { MatcherBook } from "../checkers/books/matcher-book.ts";
import { isAcceptedByAll } from "../checkers/books/proposal-book.ts";
import type { Observation } from "../observation.ts";
import { type Goal, isRefusal, when } from "./goal.ts";
import { cancelDuring } from "./ticket-goals.ts";

type Fate = Extract<
  Extract<Observation, { type: "matcher-fact" }>["fact"],
  { type: "proposal-ended" }
>["outcomes"][number]["fate"];

/** The call to acceptMatch that `observation` answers. */
function answerOf(observation: Observation, books: Books) {
  if (observation.type !== "answer") return undefined;
  const call = books.calls.get(observation.callId);
  return isCallOf(call, "acceptMatch") ? call : undefined;
}

function endsWith(observation: Observation, ...fates: readonly Fate[]): boolean {
  if (observation.type !== "matcher-fact" || observation.fact.type !== "proposal-ended") return false;
  return observation.fact.outcomes.some(({ fate }) => fates.includes(fate));
}

function proposalEnding(observation: Observation, { proposals }: MatcherBook) {
  if (observation.type !== "matcher-fact" || observation.fact.type !== "proposal-ended") return undefined;
  return proposals.get(observation.fact.matchId);
}

export const acceptanceGoals: readonly Goal[] = [
  when("everybody accepted a match", (observation, books) => {
    return (
      observation.type === "matcher-fact" &&
      observation.fact.type === "match-accepted" &&
      books.steps.some(({ to }) => to !== "REQUIRES_ACCEPTANCE")
    );
  }),
  when("a player refused a match", (observation) => endsWith(observation, "REFUSED")),
  when("a player refused after having accepted", (observation, { matcher }) => {
    const proposal = proposalEnding(observation, matcher);
    if (!proposal || observation.type !== "matcher-fact" || observation.fact.type !== "proposal-ended") return false;
    const refused = observation.fact.outcomes.find(({ fate }) => fate === "REFUSED")?.ticketId;
    return proposal.match.players.some(
      ({ ticketId, playerId }) => ticketId === refused && proposal.accepted.has(playerId),
    );
  }),
  when("a match was not answered in time", (observation) => endsWith(observation, "SILENT")),
  when("half a party was silent", (observation, { matcher }) => {
    const proposal = proposalEnding(observation, matcher);
    if (!proposal || observation.type !== "matcher-fact" || observation.fact.type !== "proposal-ended") return false;
    return observation.fact.outcomes.some(({ ticketId, fate }) => {
      const mine = proposal.match.players.filter((player) => player.ticketId === ticketId);
      return fate === "SILENT" && mine.some(({ playerId }) => proposal.accepted.has(playerId));
    });
  }),
  when("who was not to blame searched on", (observation) => {
    return endsWith(observation, "RETURNED_REFUSED", "RETURNED_UNANSWERED");
  }),
  when("who was not to blame was cancelled", (observation) => {
    return endsWith(observation, "DISSOLVED_REFUSED", "DISSOLVED_UNANSWERED");
  }),
  when("a ticket's time passed while it was asked", (observation) => endsWith(observation, "TIMED_OUT")),
  cancelDuring("a cancel was a refusal", "REQUIRES_ACCEPTANCE", (one) => one.type === "answer" && "ok" in one.outcome),
  cancelDuring("a cancel raced the last acceptance and lost", "REQUIRES_ACCEPTANCE", (one) => {
    return isRefusal(one, "TICKET_ALREADY_MATCHED");
  }),
  when("an acceptance raced the deadline and lost", (observation, books) => {
    const call = answerOf(observation, books);
    const proposal = call && books.matcher.proposals.get(call.request.matchId);
    if (!proposal || !isRefusal(observation, "PROPOSAL_ENDED")) return false;
    return proposal.isOpen || books.matcherMs - proposal.deadlineAtMs < 500;
  }),
  when("an answer came long after its match", (observation, books) => {
    const call = answerOf(observation, books);
    const ticket = call && books.matcher.tickets.get(call.request.ticketId);
    const isOther = ticket?.phase === "REQUIRES_ACCEPTANCE" && ticket.matchId !== call?.request.matchId;
    return isOther && isRefusal(observation, "PROPOSAL_ENDED");
  }),
  when("a refused match was accepted", (observation) => isRefusal(observation, "PROPOSAL_REFUSED")),
  when("an acceptance was repeated when all had accepted", (observation, books) => {
    const call = answerOf(observation, books);
    const proposal = call && books.matcher.proposals.get(call.request.matchId);
    if (observation.type !== "answer" || !call || !proposal || call.request.answer !== MatchAnswer.ACCEPT) return false;
    return (
      okOf(call, "acceptMatch", observation.outcome) !== undefined &&
      isAcceptedByAll(proposal) &&
      call.startedTick > proposal.closedTick
    );
  }),
  when("a matcher came back to a match that some had accepted", (observation, books) => {
    if (observation.type !== "acquired" || observation.service !== "matcher") return false;
    return [...books.matcher.proposals.values()].some(({ isOpen, accepted }) => isOpen && accepted.size > 0);
  }),
  {
    name: "a match that some had accepted before a restart was accepted by all after it",
    detector: () => {
      const waiting = new Set<string>();
      return (observation, books) => {
        if (observation.type === "acquired" && observation.service === "matcher") {
          for (const [id, { isOpen, accepted }] of books.matcher.proposals)
            if (isOpen && accepted.size > 0) waiting.add(id);
        }
        if (observation.type !== "matcher-fact" || observation.fact.type !== "match-accepted") return false;
        const isLast = books.steps.some(({ to }) => to !== "REQUIRES_ACCEPTANCE");
        return isLast && waiting.delete(observation.fact.matchId);
      };
    },
  },
];
