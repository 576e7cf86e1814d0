// Asks the game whether it is well, and says once when it is not.
import { type Clock, drawId, type Random } from "@muster/kit";
import { HEALTH_AT_START, type HealthAnswer, type HealthSettings, stepHealth } from "./core/health-judge.ts";

export interface HealthLoop {
  /** The game's answer to a check. An answer to an old or unknown check is no news. */
  report(checkId: string, healthy: boolean): void;
  /** Runs until the game is unhealthy (resolves with why) or `signal` aborts (rejects with an AbortError). */
  run(signal: AbortSignal): Promise<string>;
}

export type HealthLoopOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: HealthSettings;
  /** Hands the check to the game; what becomes of it is told by `report`. */
  readonly ask: (check: { readonly checkId: string; readonly timeoutMs: number }) => void;
};

/** A loop that has not begun. The first check comes one interval after it does. */
export function createHealthLoop({ clock, random, settings, ask }: HealthLoopOptions): HealthLoop {
  let asked: { readonly checkId: string; readonly answer: (healthy: boolean) => void } | undefined;

  const check = async (signal: AbortSignal): Promise<HealthAnswer> => {
    const timeout = new AbortController();
    const answered = new Promise<HealthAnswer>((resolve) => {
      asked = { checkId: drawId("check", random), answer: (healthy) => resolve(healthy ? "healthy" : "unhealthy") };
      ask({ checkId: asked.checkId, timeoutMs: settings.timeoutMs });
    });
    // By hand: AbortSignal.any leaves something behind at a signal that lives as long as the process.
    const stop = () => timeout.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    const silent = clock.sleep(settings.timeoutMs, timeout.signal).then((): HealthAnswer => "silent");
    silent.catch(() => undefined); // Called off once the answer is there.
    try {
      return await Promise.race([answered, silent]);
    } finally {
      signal.removeEventListener("abort", stop);
      timeout.abort();
      asked = undefined;
    }
  };

  return {
    report(checkId, healthy) {
      if (asked?.checkId === checkId) asked.answer(healthy);
    },
    async run(signal) {
      let state = HEALTH_AT_START;
      let waitMs = settings.intervalMs;
      for (;;) {
        await clock.sleep(waitMs, signal);
        const answer = await check(signal);
        const step = stepHealth(state, answer, settings);
        state = step.next;
        waitMs = step.waitMs;
        if (state.phase === "unhealthy") {
          const said = answer === "silent" ? "did not answer" : "said that it is unhealthy to";
          return `The game ${said} ${settings.missesMax} health checks in a row`;
        }
      }
    },
  };
}
