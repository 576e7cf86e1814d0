// How the matcher asks a hook of the user's. The adapters are http-hook.ts and module-hook.ts; a test answers by itself.

export type HookCall = {
  /** Its name in muster.json. */
  readonly hook: string;
  /** What it is asked: a function of that name is what a module exports. */
  readonly question: "beforeTicket" | "matched";
  /** The same for every repeat of the question, as the body is. */
  readonly id: string;
  /** JSON. */
  readonly body: string;
};

/** There is no answer, or none that can be read. The message says why, and holds nothing of what the hook was asked. */
export class HookFailed extends Error {
  override readonly name = "HookFailed";
}

export interface HookCaller {
  /** The answer, as JSON that was parsed; undefined: an empty one. @throws {HookFailed} */
  call(call: HookCall, signal: AbortSignal): Promise<unknown>;
}

/** For a matcher that knows no hooks. */
export const noHooks: HookCaller = {
  call: async ({ hook }) => {
    throw new HookFailed(`muster.json has no hook ${hook}`);
  },
};
