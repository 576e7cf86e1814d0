// What every checker is: a small machine that looks at everything that happens, remembers what it needs, and throws as soon
// as a promise is broken. The names are those of the invariants in ARCHITECTURE.md.
import type { Observation } from "../observation.ts";

export type Checker = {
  /** Of the promise that it watches: T-NO-LOSS, S-CAPACITY … */
  readonly name: string;
  /** @throws {BrokenPromise} */
  see(observation: Observation): void;
  /** The run is over: what was still to come never came. @throws {BrokenPromise} */
  end?(): void;
};

/** A counter-example. `promise` is the name of what was promised, `why` says in a sentence what happened instead. */
export class BrokenPromise extends Error {
  override readonly name = "BrokenPromise";
  readonly promise: string;

  constructor(promise: string, why: string) {
    super(`${promise}: ${why}`);
    this.promise = promise;
  }
}
