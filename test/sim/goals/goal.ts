// A rare situation that the simulation must reach now and then: checkers that never met it would have proved nothing about it.
import type { Books } from "../checkers/books/books.ts";
import type { Observation } from "../observation.ts";

export type Goal = {
  /** What happened, in a few words. */
  readonly name: string;
  /** A detector for one run: whether the observation at hand is it. Books are as they were before. */
  readonly detector: () => (observation: Observation, books: Books) => boolean;
};

/** A goal that one observation shows, beside what the books know. */
export function when(name: string, isIt: (observation: Observation, books: Books) => boolean): Goal {
  return { name, detector: () => isIt };
}

/** A goal that shows in `second`, at some time after `first` came and nothing that ends the wait. */
export function after(
  name: string,
  first: (observation: Observation, books: Books) => boolean,
  second: (observation: Observation, books: Books) => boolean,
): Goal {
  return {
    name,
    detector: () => {
      let waits = false;
      return (observation, books) => {
        if (first(observation, books)) {
          waits = true;
          return false;
        }
        if (!waits || !second(observation, books)) return false;
        waits = false;
        return true;
      };
    },
  };
}

/** Whether a call was refused for `reason`. */
export function isRefusal(observation: Observation, reason: string): boolean {
  return observation.type === "answer" && "refused" in observation.outcome && observation.outcome.refused === reason;
}

export function isFault(observation: Observation, name: string): boolean {
  return observation.type === "fault" && observation.name === name;
}
