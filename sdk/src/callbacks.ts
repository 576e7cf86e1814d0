// The game's own code, called with a deadline: what it throws and where it hangs is reported, and goes no further.
import type { Clock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { withDeadline } from "./with-deadline.ts";

/** Where an error happened. */
export type ErrorContext = {
  /** The callback that threw or took too long, or "sidecar" for a fault of the connection or of a call of the SDK's own. */
  readonly where:
    | "onStartBattleSession"
    | "onBattleSessionUpdated"
    | "approveFill"
    | "onHealthCheck"
    | "onProcessTerminate"
    | "onConnectionChange"
    | "sidecar";
  readonly battleSessionId?: string;
};

/** Hears of what went wrong outside of the game's own calls: a MusterError of ours, or whatever a callback threw. */
export type ErrorHandler = (error: unknown, context: ErrorContext) => void;

export type Callback<Result> = {
  readonly context: ErrorContext;
  readonly timeoutMs: number;
  readonly call: (signal: AbortSignal) => Result | Promise<Result>;
};

/** What became of a callback. */
export type Outcome<Result> =
  | { readonly type: "done"; readonly result: Result }
  /** It threw: the error has been reported. */
  | { readonly type: "threw" }
  /** It took too long: that has been reported, and it may still run. */
  | { readonly type: "late" }
  /** The SDK was closed meanwhile: nobody waits for it. */
  | { readonly type: "abandoned" };

export interface Callbacks {
  run<Result>(callback: Callback<Result>): Promise<Outcome<Result>>;
  report: ErrorHandler;
  onError(handler: ErrorHandler): void;
}

/** Errors go to console.error until `onError` is called. */
export function createCallbacks(options: { readonly clock: Clock; readonly closing: AbortSignal }): Callbacks {
  const { clock, closing: signal } = options;
  let handler: ErrorHandler = reportToConsole;

  const report: ErrorHandler = (error, context) => {
    try {
      handler(error, context);
    } catch (fault) {
      reportToConsole(fault, context);
      reportToConsole(error, context);
    }
  };

  return {
    async run({ context, timeoutMs, call }) {
      const what = context.battleSessionId ? `${context.where} of ${context.battleSessionId}` : context.where;
      const done = Symbol(what);
      let thrown: unknown = done;
      try {
        const result = await withDeadline({ clock, timeoutMs, what, signal }, async (abandoned) => {
          try {
            return await call(abandoned);
          } catch (error) {
            thrown = error;
            throw error;
          }
        });
        return { type: "done", result };
      } catch (error) {
        if (error !== thrown && signal.aborted) return { type: "abandoned" };
        report(error, context);
        return { type: error === thrown ? "threw" : "late" };
      }
    },
    report,
    onError: (next) => {
      handler = next;
    },
  };
}

function reportToConsole(error: unknown, { where, battleSessionId }: ErrorContext): void {
  const place = battleSessionId ? `${where} of ${battleSessionId}` : where;
  const cause = error instanceof MusterError ? `${error.message} (${error.reason})` : error;
  console.error(`muster: ${place}:`, cause);
}
