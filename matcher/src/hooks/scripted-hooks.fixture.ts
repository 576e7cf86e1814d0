// Hooks in a test's hand: they remember what they were asked, and answer as they are told.
import type { Clock } from "@muster/kit";
import { type HookCall, type HookCaller, HookFailed } from "./hook-caller.ts";

export type ScriptedHooks = HookCaller & {
  readonly calls: HookCall[];
  /** Of every question. "silence": none comes. What is thrown is a failure. */
  answer: (question: Record<string, unknown>) => unknown;
  /** How long each answer takes, in ms. */
  delayMs: number;
};

export function createScriptedHooks(clock: () => Pick<Clock, "sleep">): ScriptedHooks {
  const hooks: ScriptedHooks = {
    calls: [],
    answer: () => undefined,
    delayMs: 0,
    async call(call, signal) {
      hooks.calls.push(call);
      if (hooks.delayMs > 0) await clock().sleep(hooks.delayMs, signal);
      const answer = hooks.answer(JSON.parse(call.body) as Record<string, unknown>);
      if (answer === "silence") await clock().sleep(1e9, signal);
      if (answer instanceof Error) throw new HookFailed(answer.message);
      return answer;
    },
  };
  return hooks;
}
