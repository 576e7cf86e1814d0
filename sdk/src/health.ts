// Health checks of the sidecar: the game's own verdict where it has one, else that its event loop answers.
import { fieldInvalid } from "@muster/proto";
import type { Callbacks } from "./callbacks.ts";
import type { SidecarCalls } from "./sidecar-calls.ts";

/** Whether the process is well. `signal` aborts when the answer would be late. */
export type HealthHandler = (signal: AbortSignal) => boolean | Promise<boolean>;

export interface Health {
  onCheck(handler: HealthHandler): void;
  /** Answers one check. Rejects if the sidecar cannot be told. */
  answer(check: { readonly checkId: string; readonly timeoutMs: number }): Promise<void>;
}

export function createHealth(options: { readonly callbacks: Callbacks; readonly calls: SidecarCalls }): Health {
  const { callbacks, calls } = options;
  let handler: HealthHandler | undefined;
  return {
    onCheck: (next) => {
      handler = next;
    },
    async answer({ checkId, timeoutMs }) {
      const healthy = handler ? await ask(callbacks, { handler, timeoutMs }) : true;
      if (healthy !== undefined) await calls.reportHealth({ checkId, healthy });
    },
  };
}

/** Undefined when the SDK was closed meanwhile. */
async function ask(
  callbacks: Callbacks,
  { handler, timeoutMs }: { readonly handler: HealthHandler; readonly timeoutMs: number },
): Promise<boolean | undefined> {
  const context = { where: "onHealthCheck" } as const;
  const outcome = await callbacks.run({ context, timeoutMs, call: handler });
  switch (outcome.type) {
    case "done":
      // A handler in JavaScript may answer anything, and be puzzled why its process is ended.
      if (typeof outcome.result !== "boolean") {
        callbacks.report(fieldInvalid("onHealthCheck", "true or false", outcome.result), context);
      }
      return outcome.result === true;
    case "threw":
    case "late":
      return false;
    case "abandoned":
      return undefined;
  }
}
