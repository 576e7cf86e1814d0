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
  /** Inputs that `npm test` tries: a second's worth. Default 150. */
  readonly shortRuns?: number;
};

export type HuntOptions = {
  /** The same seed gives the same inputs in the same order. */
  readonly seed: number;
  /** How many inputs at most. */
  readonly runs: number;
  /** Tries no more inputs after that, unless it makes a finding smaller. Default: none. */
  readonly timeLimitMs?: number;
  /** Called at the first finding, before it is made smaller, which takes a while. */
  readonly onFound?: (why: string) => void;
};

/** How a hunt ended. `found` is the smallest input that broke a demand, and how. */
export type Hunt = {
  readonly runs: number;
  readonly found?: { readonly input: unknown; readonly why: string };
};

export interface Target {
  readonly name: string;
  readonly about: string;
  readonly shortRuns: number;
  /** Looks for inputs that break a demand: those of the corpus first. */
  hunt(options: HuntOptions): Promise<Hunt>;
  /** Tries one input that `readInput` read. @throws {Finding} */
  repeat(input: unknown): Promise<void>;
}

/** How long a finding is made smaller, in ms. */
const SHRINK_MS_MAX = 30_000;

/** The target that `spec` tells of. */
export function defineTarget<Input>(spec: TargetSpec<Input>): Target {
  const { name, about, input, open, shortRuns = 150 } = spec;
  // The one cast: an input that was kept was one of this target's when it was made.
  const kept = (value: unknown) => value as Input;
  return {
    name,
    about,
    shortRuns,
    async hunt({ seed, runs, timeLimitMs = Number.POSITIVE_INFINITY, onFound }) {
      await using subject = await open();
      const watched = withWatchdog(name, subject.attempt);
      const examples: [Input][] = readCorpus(name).map((example) => [kept(example)]);
      let untilMs = performance.now() + timeLimitMs;
      let failure: unknown;
      let tried = 0;
      // Time is looked at between inputs: one that has begun is seen to its end.
      const attempt = async (one: Input) => {
        if (performance.now() > untilMs) return;
        tried += 1;
        try {
          await watched(one);
        } catch (error) {
          if (failure === undefined) {
            untilMs = performance.now() + SHRINK_MS_MAX;
            onFound?.(tell(error));
          }
          failure = error;
          throw error;
        }
      };
      const numRuns = Math.max(runs, examples.length);
      const details = await fc.check(fc.asyncProperty(input, attempt), { seed, examples, numRuns });
      if (details.failed) return { runs: tried, found: { input: details.counterexample?.[0], why: tell(failure) } };
      try {
        await subject.conclude?.();
      } catch (error) {
        return { runs: tried, found: { input: undefined, why: tell(error) } };
      }
      return { runs: tried };
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
