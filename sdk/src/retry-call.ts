// Unary calls that outlast a peer's restart: repeated while nobody answers, until their deadline. Safe because every call
// of the contract repeats safely, by its request id or by its nature.
import { backoffMs, type Clock, isAbortError, type Random } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { CallOptions } from "@muster/proto/rpc";

export type CallPolicy = {
  readonly clock: Clock;
  readonly random: Random;
  /** Time for the call with all its tries, in ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** The peer is away, starting, or without the fleet that it asks. */
const AWAY: ReadonlySet<string> = new Set(["PEER_UNREACHABLE", "SERVICE_NOT_READY", "FLEET_UNREACHABLE"]);

/** Whether the peer is away for a moment rather than of another opinion. */
export function isPeerAway(error: unknown): boolean {
  return error instanceof MusterError && AWAY.has(error.reason);
}

/**
 * The answer of `call`, tried until it comes.
 *
 * @throws {MusterError} what the peer answered; the last PEER_UNREACHABLE or SERVICE_NOT_READY when no time is left for
 *   another try; DEADLINE_PASSED if a try got no answer; CALL_CANCELLED when `signal` aborts.
 */
export async function retryCall<Response>(
  policy: CallPolicy,
  call: (options: CallOptions) => Promise<Response>,
): Promise<Response> {
  const { clock, random, timeoutMs, signal } = policy;
  const endsMs = clock.nowMs() + timeoutMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call({ signal, deadlineMs: Math.max(1, endsMs - clock.nowMs()) });
    } catch (error) {
      if (!isPeerAway(error)) throw error;
      const waitMs = backoffMs(attempt, random, { maxMs: 1_000 });
      if (clock.nowMs() + waitMs >= endsMs) throw error;
      await sleepOrCancel(clock, { waitMs, signal });
    }
  }
}

/** @throws {MusterError} CALL_CANCELLED when `signal` aborts. */
export async function sleepOrCancel(
  clock: Clock,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<void> {
  try {
    await clock.sleep(waitMs, signal);
  } catch (error) {
    if (!isAbortError(error)) throw error;
    throw new MusterError("CALL_CANCELLED", "Cannot finish the call as it was called off", { cause: error });
  }
}
