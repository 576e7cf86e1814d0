// Who waits for news of the feed. Thousands may, and mostly there are none: a reader is a few fields here, the journal has one
// listener for all, and one timer beats for each of them in turn.
import { type Clock, isAbortError } from "@muster/kit";

export interface FeedReader {
  /** Waits for facts or for the reader's next beat; answers whether there were facts. False once it has left. */
  next(): Promise<boolean>;
  /** Ends a wait. A second call changes nothing. */
  leave(): void;
}

export interface FeedReaders {
  /** A reader that is told of every fact that becomes durable from now on, and beats for the first time one interval later. */
  join(): FeedReader;
}

export type FeedReadersOptions = {
  readonly clock: Clock;
  /** From one beat of a reader to its next, in ms. */
  readonly beatMs: number;
  /** Calls the listener whenever facts have become durable, until the answer is called. */
  readonly onCommitted: (listener: () => void) => () => void;
};

type Waiting = { hasNews: boolean; hasLeft: boolean; beatAtMs: number; wake: (() => void) | undefined };

/** Nobody reads yet. */
export function createFeedReaders({ clock, beatMs, onCommitted }: FeedReadersOptions): FeedReaders {
  /** In the order of their beats, as all have the same interval. */
  const readers = new Set<Waiting>();
  let listening: { readonly unsubscribe: () => void; readonly closing: AbortController } | undefined;

  const wake = (reader: Waiting) => {
    reader.wake?.();
    reader.wake = undefined;
  };
  const onNews = () => {
    for (const reader of readers) {
      reader.hasNews = true;
      wake(reader);
    }
  };
  const beat = async (signal: AbortSignal) => {
    try {
      for (const reader of readers) {
        const waitMs = reader.beatAtMs - clock.nowMs();
        if (waitMs > 0) await clock.sleep(waitMs, signal);
        if (signal.aborted) return;
        if (!readers.delete(reader)) continue; // It left while we slept for it.
        // It is the last again: this loop comes back to it.
        reader.beatAtMs = clock.nowMs() + beatMs;
        readers.add(reader);
        wake(reader);
      }
    } catch (error) {
      if (!isAbortError(error)) throw error;
    }
  };
  const listen = () => {
    if (listening) return;
    const closing = new AbortController();
    listening = { closing, unsubscribe: onCommitted(onNews) };
    void beat(closing.signal);
  };

  return {
    join() {
      const reader: Waiting = { hasNews: false, hasLeft: false, beatAtMs: clock.nowMs() + beatMs, wake: undefined };
      readers.add(reader);
      listen();
      return {
        async next() {
          if (!reader.hasNews && !reader.hasLeft) {
            await new Promise<void>((resolve) => {
              reader.wake = resolve;
            });
          }
          const had = reader.hasNews;
          reader.hasNews = false;
          return had;
        },
        leave() {
          reader.hasLeft = true;
          readers.delete(reader);
          wake(reader);
          if (readers.size > 0) return;
          listening?.unsubscribe();
          listening?.closing.abort();
          listening = undefined;
        },
      };
    },
  };
}
