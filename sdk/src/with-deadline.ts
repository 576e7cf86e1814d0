// A wait that ends: what the game's own code does within a callback is given a time, and told when it is over.
import type { Clock } from "@muster/kit";
import { MusterError } from "@muster/proto";

export type DeadlineOptions = {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** What is waited for, for the error: "onHealthCheck". */
  readonly what: string;
  /** Ends the wait earlier, with CALL_CANCELLED. */
  readonly signal: AbortSignal;
};

/**
 * What `work` answers within `timeoutMs`. The signal that it is given aborts when nobody waits for the answer any more.
 *
 * @throws {MusterError} DEADLINE_PASSED after the timeout, CALL_CANCELLED when `signal` aborts.
 */
export async function withDeadline<Result>(
  options: DeadlineOptions,
  work: (signal: AbortSignal) => Result | Promise<Result>,
): Promise<Result> {
  const { clock, timeoutMs, what, signal } = options;
  const abandoned = new AbortController();
  const timer = new AbortController();
  const passed = clock.sleep(timeoutMs, timer.signal).then(() => {
    throw new MusterError("DEADLINE_PASSED", `Cannot wait for ${what} longer than ${timeoutMs} ms: it still runs`);
  });
  const calledOff = new Promise<never>((_resolve, reject) => {
    const stop = () => reject(new MusterError("CALL_CANCELLED", `Cannot wait for ${what} as the SDK was closed`));
    if (signal.aborted) stop();
    else {
      signal.addEventListener("abort", stop, { once: true });
      timer.signal.addEventListener("abort", () => signal.removeEventListener("abort", stop), { once: true });
    }
  });
  let finished = false;
  try {
    const result = await Promise.race([Promise.resolve(abandoned.signal).then(work), passed, calledOff]);
    finished = true;
    return result;
  } finally {
    timer.abort();
    if (!finished) abandoned.abort();
  }
}
