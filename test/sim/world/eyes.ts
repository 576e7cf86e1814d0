// What every part of the world is given to be seen by.
import type { Life } from "../engine/life.ts";
import type { Happening } from "../observation.ts";

export type Eyes = {
  readonly see: (happening: Happening) => void;
  /** A mistake of ours: the run ends. */
  readonly fail: (error: unknown) => void;
  readonly nextCallId: () => number;
};

/** The eyes of one process: what its code still does in the turn in which it dies never happened. */
export function eyesOf(life: Life, { see, fail, nextCallId }: Eyes): Eyes {
  return {
    see: (happening) => {
      if (!life.dead) see(happening);
    },
    fail: (error) => {
      if (!life.dead) fail(error);
    },
    nextCallId,
  };
}
