// What games were asked about newcomers, and what they said: as their SDKs heard and answered, whoever asked.
import type { Observation } from "../../observation.ts";
import { isCallOf } from "./call-book.ts";

export type Question = {
  readonly fillId: string;
  readonly battleSessionId: string;
  readonly playerIds: readonly string[];
  /** The game that was asked last, and when. */
  node: string;
  askedMs: number;
  /** What its SDK answered so far: yes, and no. */
  readonly answers: Set<boolean>;
};

export interface QuestionBook {
  /** By fill. */
  readonly questions: ReadonlyMap<string, Question>;
  fold(observation: Observation): void;
}

/** Nobody was asked yet. */
export function createQuestionBook(): QuestionBook {
  const questions = new Map<string, Question>();
  return {
    questions,
    fold(observation) {
      if (observation.type === "fill-proposed") {
        const { fillId, battleSessionId, playerIds, node, atMs } = observation;
        const known = questions.get(fillId);
        if (known) [known.node, known.askedMs] = [node, atMs];
        else questions.set(fillId, { fillId, battleSessionId, playerIds, node, askedMs: atMs, answers: new Set() });
      }
      if (observation.type === "call" && observation.method === "answerFill") {
        const call = { ...observation, startedMs: 0, startedTick: 0 };
        if (isCallOf(call, "answerFill")) questions.get(call.request.fillId)?.answers.add(call.request.approved);
      }
      if (observation.type === "matcher-fact" && observation.fact.type === "session-ended") {
        const { battleSessionId } = observation.fact;
        for (const [id, question] of questions) if (question.battleSessionId === battleSessionId) questions.delete(id);
      }
    },
  };
}
