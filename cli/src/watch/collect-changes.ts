// Gathers changes of files into one: who saves ten files, or an editor that writes one in three steps, restarts a server once.
import { abortError, type Clock, isAbortError } from "@muster/kit";

/** Nothing more has changed for so long, in ms: that was all. */
const QUIET_MS = 150;
/** A program that writes on and on is waited for no longer than this, in ms. */
const LONGEST_MS = 2_000;

export interface ChangeCollector {
  /** A file has changed. */
  note(path: string): void;
  /** Everything that changed since the last time, sorted, once it is quiet; rejects with an AbortError. */
  next(signal: AbortSignal): Promise<readonly string[]>;
}

export function createChangeCollector(clock: Clock): ChangeCollector {
  const changed = new Set<string>();
  let notes = 0;
  let noted = Promise.withResolvers<void>();

  return {
    note(path) {
      changed.add(path);
      notes += 1;
      noted.resolve();
    },
    async next(signal) {
      await untilNoted(noted.promise, signal);
      const startedMs = clock.nowMs();
      for (let before = -1; before !== notes && clock.nowMs() - startedMs < LONGEST_MS; ) {
        before = notes;
        await clock.sleep(QUIET_MS, signal);
      }
      const all = [...changed].toSorted();
      changed.clear();
      noted = Promise.withResolvers();
      return all;
    },
  };
}

async function untilNoted(noted: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) throw abortError();
  const stopped = Promise.withResolvers<never>();
  const onAbort = () => stopped.reject(abortError());
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([noted, stopped.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** For loops that end by being called off. */
export function ignoreAbort(error: unknown): void {
  if (!isAbortError(error)) throw error;
}
