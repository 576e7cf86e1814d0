// What may happen between a fill and the word of its game.
import type { Books } from "../checkers/books/books.ts";
import { isCallOf } from "../checkers/books/call-book.ts";
import type { Question } from "../checkers/books/question-book.ts";
import type { Observation } from "../observation.ts";
import { type Goal, when } from "./goal.ts";

/** Questions of fills that have no outcome and no word yet. */
function openQuestions({ questions, matcher }: Books): readonly Question[] {
  return [...questions.values()].filter(({ fillId, answers }) => answers.size === 0 && matcher.fills.has(fillId));
}

/** The end of a life, by what `isIt` says of it. */
function endsWithOpenQuestion(
  isIt: (life: Extract<Observation, { type: "life" }>, question: Question, books: Books) => boolean,
) {
  return (observation: Observation, books: Books) => {
    if (observation.type !== "life" || ["start", "pause", "resume"].includes(observation.how)) return false;
    return openQuestions(books).some((question) => isIt(observation, question, books));
  };
}

function answerOf(observation: Observation) {
  if (observation.type !== "call") return undefined;
  const call = { ...observation, startedMs: 0, startedTick: 0 };
  return isCallOf(call, "answerFill") ? call.request : undefined;
}

/** A fill was dropped for `reason`, of which the game had said so. */
function droppedAfter(reason: string, said: boolean) {
  return (observation: Observation, books: Books) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "fill-dropped") return false;
    const isIt = observation.fact.reason === reason;
    return isIt && books.questions.get(observation.fact.fillId)?.answers.has(said) === true;
  };
}

export const approvalGoals: readonly Goal[] = [
  when("newcomers got their seats with the game's leave", (observation, books) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "fill-applied") return false;
    return books.questions.has(observation.fact.fillId);
  }),
  when("a game refused newcomers", droppedAfter("FILL_REFUSED_BY_GAME", false)),
  when("a game was silent about newcomers", (observation, books) => {
    if (observation.type !== "matcher-fact" || observation.fact.type !== "fill-dropped") return false;
    const { reason, fillId } = observation.fact;
    return reason === "FILL_REFUSED_BY_GAME" && (books.questions.get(fillId)?.answers.size ?? 0) === 0;
  }),
  when("a game's handler for newcomers threw", (observation) => {
    if (observation.type !== "game-heard" || observation.heard.type !== "approve") return false;
    return observation.heard.said === undefined;
  }),
  when("a game approved of a fill that was stale by then", droppedAfter("ROSTER_VERSION_STALE", true)),
  when("a game approved too late", (observation, books) => {
    const answer = answerOf(observation);
    return answer?.approved === true && !books.matcher.fills.has(answer.fillId);
  }),
  when("a game approved of newcomers and was not heard", droppedAfter("FILL_REFUSED_BY_GAME", true)),
  when(
    "the fleet ended with a question open",
    endsWithOpenQuestion(({ service }) => service === "fleet"),
  ),
  when(
    "the matcher ended with a question open",
    endsWithOpenQuestion(({ service }) => service === "matcher"),
  ),
  when(
    "a sidecar ended with a question open",
    endsWithOpenQuestion(({ processId }, { battleSessionId }, { fleet }) => {
      return processId !== undefined && fleet.sessions.get(battleSessionId)?.processId === processId;
    }),
  ),
  when(
    "a game ended with a question open",
    endsWithOpenQuestion(({ node }, question) => node === question.node),
  ),
  when("a game was asked again about a fill", (observation, books) => {
    return observation.type === "fill-proposed" && books.questions.has(observation.fillId);
  }),
  when("a session ended with a question open", (observation, books) => {
    if (observation.type !== "fleet-fact" || observation.fact.type !== "session-changed") return false;
    const { state, battleSessionId } = observation.fact.change;
    if (state !== "TERMINATED") return false;
    return openQuestions(books).some((question) => question.battleSessionId === battleSessionId);
  }),
  when("a cancel waited for a game's word", (observation, books) => {
    if (observation.type !== "call") return false;
    const call = { ...observation, startedMs: 0, startedTick: 0 };
    if (!isCallOf(call, "cancelMatching")) return false;
    const { fillId } = books.matcher.tickets.get(call.request.ticketId) ?? {};
    return openQuestions(books).some((question) => question.fillId === fillId);
  }),
];
