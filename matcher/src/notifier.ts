// A bell for those who wait until something has changed: they look again each time it rings.
import { abortError } from "@muster/kit";

export interface Notifier {
  ring(): void;
  /** Resolves at the next ring; rejects as soon as `signal` aborts. */
  next(signal: AbortSignal): Promise<void>;
}

/** A bell that nobody waits at. */
export function createNotifier(): Notifier {
  let waiting: (() => void)[] = [];
  return {
    ring() {
      const woken = waiting;
      waiting = [];
      for (const wake of woken) wake();
    },
    next: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason ?? abortError());
        const stop = () => {
          waiting = waiting.filter((one) => one !== wake);
          reject(signal.reason ?? abortError());
        };
        const wake = () => {
          signal.removeEventListener("abort", stop);
          resolve();
        };
        signal.addEventListener("abort", stop, { once: true });
        waiting.push(wake);
      }),
  };
}
