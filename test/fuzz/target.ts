// A target is one thing to fuzz: where its inputs come from, and what is done with one. Everything else, that is seeds,
// shrinking, corpus, time limits, is the same for all of them and stands here and in hunt.ts.
import fc from "fast-check";
import { readCorpus } from "./corpus.ts";
import { withWatchdog } from "./watchdog.ts";

/** Something that stands ready to be given inputs. */
export interface Subject<Input> extends AsyncDisposable {
  /** Gives it the input. @throws {Finding} if that breaks a demand; anything else that it throws is a finding too. */
  readonly attempt: (input: Input) => Promise<void>;
  /** Looks at what must hold of a whole hunt, such as memory that returns. Called once, at its end. @throws {Finding} */
  readonly conclude?: () => Promise<void>;
}

export type TargetSpec<Input> = {
  /** As on the command line, and the name of its file and of its folder of the corpus. */
  readonly name: string;
  /** What is fuzzed, in one line. */
  readonly about: string;
  /** Made of JSON values and byte arrays only, so that an input can be kept as text. */
  readonly input: fc.Arbitrary<Input>;
  readonly open: () => Promise<Subject<Input>>;
};

export type HuntOptions = {
  /** The same seed gives the same inputs in the same order. */
  readonly seed: number;
  /** How many inputs at most. */
  readonly runs: number;
  /** Stops early, though not while it makes a finding smaller. Default: never. */
  readonly timeLimitMs?: number;
};

/** How a hunt ended. `found` is the smallest input that broke a demand, and how. */
export type Hunt = {
  readonly runs: number;
  readonly found?: { readonly input: unknown; readonly why: string };
};

export interface Target {
  readonly name: string;
  readonly about: string;
  /** Looks for inputs that break a demand: those of the corpus first. */
  hunt(options: HuntOptions): Promise<Hunt>;
  /** Tries one input that `readInput` read. @throws {Finding} */
  repeat(input: unknown): Promise<void>;
}

/** The target that `spec` tells of. */
export function defineTarget<Input>(spec: TargetSpec<Input>): Target {
  const { name, about, input, open } = spec;
  // The one cast: an input that was kept was one of this target's when it was made.
  const kept = (value: unknown) => value as Input;
  return {
    name,
    about,
    async hunt({ seed, runs, timeLimitMs }) {
      await using subject = await open();
      const watched = withWatchdog(name, subject.attempt);
      const examples: [Input][] = readCorpus(name).map((example) => [kept(example)]);
      const details = await fc.check(fc.asyncProperty(input, watched), {
        ...{ seed, examples, numRuns: Math.max(runs, examples.length), endOnFailure: false },
        ...(timeLimitMs === undefined ? {} : { interruptAfterTimeLimit: timeLimitMs }),
      });
      if (details.failed) {
        return {
          runs: details.numRuns,
          found: { input: details.counterexample?.[0], why: tell(details.errorInstance) },
        };
      }
      try {
        await subject.conclude?.();
      } catch (error) {
        return { runs: details.numRuns, found: { input: undefined, why: tell(error) } };
      }
      return { runs: details.numRuns };
    },
    async repeat(value) {
      await using subject = await open();
      await withWatchdog(name, subject.attempt)(kept(value));
    },
  };
}

function tell(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
