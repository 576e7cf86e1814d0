// The notice that the process is to end: the game's handler gets it, now or when it is registered; without one the SDK
// ends the process politely.
import type { Clock } from "@muster/kit";
import type { Callbacks } from "./callbacks.ts";

export type TerminateNotice = {
  /** After this the process is killed. */
  readonly deadline: Date;
  /** "SCALE_IN", "UNHEALTHY", "SHUTDOWN", …: to be shown rather than compared. */
  readonly reason: string;
  /** Aborts at the deadline. */
  readonly signal: AbortSignal;
};

export type TerminateHandler = (notice: TerminateNotice) => void | Promise<void>;

/** How long a notice waits for a handler before the SDK ends the process, in ms; at most half of the time that is left. */
export const HANDLER_WAIT_MS = 1_000;

type Notice = Omit<TerminateNotice, "signal">;

export interface Termination {
  /** Whether the process was asked to end. */
  readonly noticed: boolean;
  onNotice(handler: TerminateHandler): void;
  /** Carries a notice out. One that is repeated changes nothing. Rejects with an AbortError when the SDK is closed. */
  announce(notice: Notice): Promise<void>;
}

export type TerminationOptions = {
  readonly clock: Clock;
  readonly callbacks: Callbacks;
  readonly closing: AbortSignal;
  /** Tells the sidecar that the process ends. */
  readonly end: () => Promise<void>;
  readonly exit: (code: number) => void;
};

export function createTermination({ clock, callbacks, closing, end, exit }: TerminationOptions): Termination {
  let handler: TerminateHandler | undefined;
  let notice: Notice | undefined;

  const leftMs = ({ deadline }: Notice) => Math.max(0, deadline.getTime() - clock.wallMs());

  const run = async (known: Notice) => {
    await callbacks.run({
      context: { where: "onProcessTerminate" },
      timeoutMs: leftMs(known),
      call: (signal) => handler?.({ ...known, signal }),
    });
  };

  const endPolitely = async () => {
    try {
      await end();
    } catch (error) {
      callbacks.report(error, { where: "sidecar" }); // The sidecar sees the exit in any case.
    }
    exit(0);
  };

  return {
    get noticed() {
      return notice !== undefined;
    },
    onNotice(next) {
      const missed = handler === undefined ? notice : undefined;
      handler = next;
      if (missed) void run(missed);
    },
    async announce(next) {
      if (notice?.deadline.getTime() === next.deadline.getTime() && notice.reason === next.reason) return;
      notice = next;
      if (handler) return await run(next);
      await clock.sleep(Math.min(HANDLER_WAIT_MS, leftMs(next) / 2), closing);
      if (!handler && notice === next) await endPolitely();
    },
  };
}
