// T-HOOK: no ticket enters that the hook refused, none is refused that it did not refuse, no match that it refused is told of, and a question is
// the same whenever it is put.
import { BrokenPromise, type Checker } from "./checker.ts";

const NAME = "T-HOOK";

export function tHook(): Checker {
  /** By ticket or match: what the hook said last. */
  const answers = new Map<string, "ADMIT" | "REFUSE" | "none">();
  const bodies = new Map<string, string>();
  const refused = new Set<string>();
  return {
    name: NAME,
    see(observation) {
      if (observation.type === "hook-asked") {
        const { id, body, subject, answer } = observation;
        const known = bodies.get(id);
        if (known !== undefined && known !== body)
          throw new BrokenPromise(NAME, `the question ${id} was put in two ways`);
        bodies.set(id, body);
        answers.set(subject, answer);
      }
      if (observation.type !== "matcher-fact") return;
      const { fact } = observation;
      if (fact.type === "ticket-refused") {
        if (answers.get(fact.ticketId) !== "REFUSE") {
          throw new BrokenPromise(NAME, `${fact.ticketId} is refused, which the hook did not do`);
        }
        refused.add(fact.ticketId);
      }
      if (fact.type === "match-weighed" && fact.match && answers.get(fact.matchId) === "REFUSE") {
        throw new BrokenPromise(NAME, `${fact.matchId} goes on, which the hook had refused`);
      }
      if (fact.type !== "ticket-created") return;
      if (answers.get(fact.ticketId) === "REFUSE" || refused.has(fact.ticketId)) {
        throw new BrokenPromise(NAME, `${fact.ticketId} entered, which the hook had refused`);
      }
    },
  };
}
