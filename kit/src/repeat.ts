// Work that is done again and again for as long as somebody needs it, such as looking whether a file has changed.
import { type Clock, isAbortError } from "./clock.ts";

export type RepeatOptions = {
  readonly clock: Clock;
  /** From the end of one run to the next, in ms; the first comes after as long. */
  readonly everyMs: number;
  /** Hears what a run threw, which ends it all; unless it is disposed of already. Default: it is thrown where nobody catches it. */
  readonly onError?: (error: unknown) => void;
};

/** Runs `work` until it is disposed of, which resolves when the run that is under way has ended. */
export function repeat({ clock, everyMs, onError }: RepeatOptions, work: () => void | Promise<void>): AsyncDisposable {
  const stop = new AbortController();
  const run = async () => {
    for (;;) {
      await clock.sleep(everyMs, stop.signal);
      await work();
    }
  };
  const running = run().catch((error: unknown) => {
    if (isAbortError(error) && stop.signal.aborted) return;
    if (!onError) throw error;
    if (!stop.signal.aborted) onError(error);
  });
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
