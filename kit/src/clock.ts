// Time as a port: a core is told the time, a shell owns a clock, and a test or a simulation turns one by hand.

export interface Clock {
  /** Milliseconds. Never runs backwards. Only differences mean something, unless the clock's maker says more. */
  nowMs(): number;
  /** Wall-clock milliseconds since 1970, for display and signatures. May jump; no rule depends on it. */
  wallMs(): number;
  /** Resolves after `delayMs` (0 or less: on a later turn); rejects with an `AbortError` as soon as `signal` aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** The error of a wait that was called off. Recognised by its name, as the platform's own is. */
export function abortError(why = "The wait was called off"): DOMException {
  return new DOMException(why, "AbortError");
}

/** Whether `error` says that a wait was called off rather than that something went wrong. */
export function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

// Node's timers hold 31 bits; a longer delay would fire at once.
const TIMER_DELAY_MS_MAX = 2 ** 31 - 1;

/** The machine's clock: monotonic since the process started. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(abortError());
      if (delayMs <= 0) return void setImmediate(() => (signal?.aborted ? reject(abortError()) : resolve()));
      const stop = () => {
        clearTimeout(timer);
        // To make an error costs more than the sleep: the signal has one as a rule.
        reject(isAbortError(signal?.reason) ? signal?.reason : abortError());
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener("abort", stop);
          resolve();
        },
        Math.min(delayMs, TIMER_DELAY_MS_MAX),
      );
      signal?.addEventListener("abort", stop, { once: true });
    }),
};
