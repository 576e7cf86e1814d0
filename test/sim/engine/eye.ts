// The one place where everything that is seen passes: it goes to every checker at once, into the trace and the story.
import type { Clock } from "@muster/kit";
import type { Checker } from "../checkers/checker.ts";
import type { Happening, Observation } from "../observation.ts";
import { describeHappening } from "./describe-happening.ts";
import type { Story } from "./story.ts";
import type { Trace } from "./trace.ts";

export interface Eye {
  /** Shows it to every checker. What one throws ends the run: see `failure`. */
  see(happening: Happening): void;
  /** The first thing that went wrong: a broken promise, or a mistake of ours anywhere in the world. */
  readonly failure: unknown;
  /** A mistake that no checker saw. The first one counts. */
  fail(error: unknown): void;
  /** Observations so far. */
  readonly seen: number;
  /** Facts among them. */
  readonly facts: number;
}

export type EyeOptions = {
  readonly clock: Clock;
  readonly checkers: readonly Checker[];
  readonly trace: Trace;
  readonly story: Story;
};

export function createEye({ clock, checkers, trace, story }: EyeOptions): Eye {
  let failure: unknown;
  let seen = 0;
  let facts = 0;
  const fail = (error: unknown) => {
    failure ??= error;
    story.end();
  };
  return {
    see(happening) {
      if (failure !== undefined) return; // The counter-example is found: what follows would only blur it.
      const observation: Observation = { atMs: clock.nowMs(), ...happening };
      seen += 1;
      if (happening.type === "matcher-fact" || happening.type === "fleet-fact") facts += 1;
      trace.add(observation);
      story.tell(observation.atMs, () => describeHappening(happening));
      try {
        for (const checker of checkers) checker.see(observation);
      } catch (error) {
        fail(error);
      }
    },
    fail,
    get failure() {
      return failure;
    },
    get seen() {
      return seen;
    },
    get facts() {
      return facts;
    },
  };
}
