// Asks hooks within a deadline, not too many at once, and says what became of each question.
import type { Clock, Metrics } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { Log } from "@muster/service";
import { type HookCall, type HookCaller, HookFailed } from "./hook-caller.ts";

/** Questions of one matcher that may be under way at once: each holds a caller, or a match. */
export const HOOK_CALLS_MAX = 256;

export type AskHook = (call: HookCall, timeoutMs: number, signal: AbortSignal) => Promise<unknown>;

export type AskHookOptions = {
  readonly caller: HookCaller;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
  readonly project: string;
  /** Default: HOOK_CALLS_MAX. */
  readonly callsMax?: number | undefined;
};

/** Throws HookFailed where there is no answer in time; OVERLOADED where too many wait for one. */
export function createAskHook({
  caller,
  clock,
  log,
  metrics,
  project,
  callsMax = HOOK_CALLS_MAX,
}: AskHookOptions): AskHook {
  const asked = metrics?.counter("muster_hook_calls_total", "Questions to hooks, by what became of them.");
  let underWay = 0;
  return async (call, timeoutMs, signal) => {
    const { hook, question } = call;
    const count = (outcome: string) => asked?.add({ project, hook, question, outcome });
    if (underWay >= callsMax) {
      count("overloaded");
      const why = `Cannot ask hook ${hook} as at most ${callsMax} questions to hooks are under way at once`;
      throw new MusterError("OVERLOADED", why, { metadata: { limit: String(callsMax), hook } });
    }
    underWay += 1;
    const over = new AbortController();
    try {
      const either = AbortSignal.any([signal, over.signal]);
      const late = clock.sleep(timeoutMs, either).then(() => {
        throw new HookFailed(`it did not answer within ${timeoutMs} ms`);
      });
      late.catch(() => undefined); // The answer came first.
      const answer = await Promise.race([caller.call(call, either), late]);
      count("answered");
      return answer;
    } catch (error) {
      if (signal.aborted || !(error instanceof HookFailed)) throw error;
      count("failed");
      log.warn({ hook, question, id: call.id, why: error.message }, "A hook did not answer as it should");
      throw error;
    } finally {
      underWay -= 1;
      over.abort();
    }
  };
}
