// Work on many things at once, on each by one hand: what is poked while it is worked on gets another go afterwards.
import { isAbortError } from "@muster/kit";

export interface KeyedWork<Key> extends AsyncDisposable {
  /** Sees to it that `work` runs for `key` from its start, now or right after the present run. */
  poke(key: Key): void;
}

/** Runs `work`; what it throws goes to `onFatal`, unless it was called off. Disposing calls all of it off, and waits. */
export function createKeyedWork<Key>(
  work: (key: Key, signal: AbortSignal) => Promise<void>,
  onFatal: (error: unknown) => void,
): KeyedWork<Key> {
  const stop = new AbortController();
  const running = new Map<Key, Promise<void>>();
  const again = new Set<Key>();

  const run = async (key: Key) => {
    try {
      do {
        again.delete(key);
        await work(key, stop.signal);
      } while (again.has(key) && !stop.signal.aborted);
    } catch (error) {
      if (!stop.signal.aborted && !isAbortError(error)) onFatal(error);
    } finally {
      running.delete(key);
    }
  };

  return {
    poke(key) {
      if (stop.signal.aborted) return;
      if (running.has(key)) again.add(key);
      else
        running.set(
          key,
          Promise.resolve().then(() => run(key)),
        );
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(running.values());
    },
  };
}
