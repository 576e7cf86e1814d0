// A bell for those who wait until something has changed: they look again each time it rings.
import { abortError } from "@muster/kit";

export interface Notifier {
  ring(): void;
  /** Resolves at the next ring; rejects as soon as `signal` aborts. */
  next(signal: AbortSignal): Promise<void>;
}

/** A bell that nobody waits at. */
export function createNotifier(): Notifier {
  // A set: thousands may leave at once, with their connection.
  let waiting = new Set<() => void>();
  return {
    ring() {
      const woken = waiting;
      waiting = new Set();
      for (const wake of woken) wake();
    },
    next: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason ?? abortError());
        const stop = () => {
          waiting.delete(wake);
          reject(signal.reason ?? abortError());
        };
        const wake = () => {
          signal.removeEventListener("abort", stop);
          resolve();
        };
        signal.addEventListener("abort", stop, { once: true });
        waiting.add(wake);
      }),
  };
}
