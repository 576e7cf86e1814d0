// Questions to games whether newcomers may have seats: of the moment, in memory alone. A fleet that restarts is asked for the fill
// again and asks again; what was refused is a fact.
import { type Clock, isAbortError } from "@muster/kit";
import type { ProcessId } from "@muster/proto";
import type { Attachments } from "./attachments.ts";
import type { Fill } from "./core/fill.ts";

export type Question = { readonly fill: Fill; readonly processId: ProcessId; readonly timeoutMs: number };

export interface Approvals {
  /** Whether the game says yes in time. Who asks again under the id of an open question waits for the same answer. */
  ask(question: Question): Promise<boolean>;
  /** The word of the game on the process. One that nobody waits for changes nothing. */
  answered(processId: ProcessId, answer: { readonly fillId: string; readonly approved: boolean }): void;
}

type Open = {
  readonly answer: Promise<boolean>;
  readonly settle: (approved: boolean) => void;
};

/** Nothing is asked yet. */
export function createApprovals(options: {
  readonly clock: Clock;
  readonly attachments: Pick<Attachments, "sendTo">;
}): Approvals {
  const { clock, attachments } = options;
  const open = new Map<string, Open>();

  const put = ({ fill, processId, timeoutMs }: Question): Promise<boolean> => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const answered = new AbortController();
    const settle = (approved: boolean) => {
      open.delete(keyOf(processId, fill));
      answered.abort();
      resolve(approved);
    };
    open.set(keyOf(processId, fill), { answer: promise, settle });
    // A game that cannot be asked is silent.
    if (!attachments.sendTo(processId, { type: "approve-fill", fill, timeoutMs })) settle(false);
    clock.sleep(timeoutMs, answered.signal).then(
      () => settle(false),
      (error: unknown) => {
        if (!isAbortError(error)) throw error;
      },
    );
    return promise;
  };

  return {
    ask: (question) => open.get(keyOf(question.processId, question.fill))?.answer ?? put(question),
    answered(processId, { fillId, approved }) {
      open.get(keyOf(processId, { fillId }))?.settle(approved);
    },
  };
}

/** Two projects may have a fill of one id. */
function keyOf(processId: ProcessId, { fillId }: { readonly fillId: string }): string {
  return `${processId} ${fillId}`;
}
