// What every part of the world is given to be seen by.
import type { Happening } from "../observation.ts";

export type Eyes = {
  readonly see: (happening: Happening) => void;
  /** A mistake of ours: the run ends. */
  readonly fail: (error: unknown) => void;
  readonly nextCallId: () => number;
};
