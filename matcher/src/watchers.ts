// Those who wait for news on a stream. News that thousands wait for goes out in shares, one a turn of the event loop, so that
// calls of others need not wait until everybody has been told.
import { abortError, type Clock, isAbortError } from "@muster/kit";

export interface Watcher {
  /**
   * True when somebody woke it, since the last wait or now; false at `untilMs`.
   *
   * @throws what `signal` aborts with, or what all watchers were ended with.
   */
  wait(untilMs: number, signal: AbortSignal): Promise<boolean>;
}

export interface Watchers {
  add(): Watcher;
  /** Makes the present wait of each end, or else its next one. */
  wake(watchers: Iterable<Watcher>): void;
  /** Ends every wait, now and from now on, with `reason`. */
  end(reason: unknown): void;
}

/** Waits that may end in one turn: telling a watcher takes about 50 µs. */
export const WOKEN_PER_TURN_MAX = 256;

/** Made once: the stack of an error costs more than all else here. */
const OVER = abortError("The wait is over");

type Waiting = {
  isWoken: boolean;
  /** Ends the present wait; undefined: it is at work. */
  finish: (() => void) | undefined;
};

export function createWatchers(clock: Clock): Watchers {
  const waitingOf = new WeakMap<Watcher, Waiting>();
  const present = new Set<Waiting>();
  /** Whose wait is over, and whose turn has not come. */
  const due = new Set<() => void>();
  let finishedThisTurn = 0;
  let ended: { readonly reason: unknown } | undefined;

  const finishInTurn = (finish: () => void) => {
    if (finishedThisTurn >= WOKEN_PER_TURN_MAX) return void due.add(finish);
    finish();
    finishedThisTurn += 1;
    if (finishedThisTurn === WOKEN_PER_TURN_MAX) void nextTurn();
  };
  const nextTurn = async () => {
    await clock.sleep(0);
    finishedThisTurn = 0;
    for (const finish of due) {
      due.delete(finish);
      finishInTurn(finish);
      if (finishedThisTurn >= WOKEN_PER_TURN_MAX) return;
    }
  };

  const wait = (waiting: Waiting, untilMs: number, signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (ended) return reject(ended.reason);
      if (waiting.isWoken) {
        waiting.isWoken = false;
        return resolve(true);
      }
      const alarm = new AbortController();
      const finish = () => {
        signal.removeEventListener("abort", finish);
        alarm.abort(OVER);
        due.delete(finish);
        present.delete(waiting);
        waiting.finish = undefined;
        if (signal.aborted) return reject(signal.reason);
        if (ended) return reject(ended.reason);
        resolve(waiting.isWoken);
        waiting.isWoken = false;
      };
      waiting.finish = finish;
      present.add(waiting);
      signal.addEventListener("abort", finish, { once: true });
      clock.sleep(untilMs - clock.nowMs(), alarm.signal).then(
        () => finishInTurn(finish),
        (error: unknown) => {
          if (!isAbortError(error)) reject(error);
        },
      );
    });

  return {
    add() {
      const waiting: Waiting = { isWoken: false, finish: undefined };
      const watcher: Watcher = { wait: (untilMs, signal) => wait(waiting, untilMs, signal) };
      waitingOf.set(watcher, waiting);
      return watcher;
    },
    wake(watchers) {
      for (const watcher of watchers) {
        const waiting = waitingOf.get(watcher);
        if (!waiting || waiting.isWoken) continue;
        waiting.isWoken = true;
        if (waiting.finish) finishInTurn(waiting.finish);
      }
    },
    end(reason) {
      ended = { reason };
      for (const { finish } of [...present]) finish?.();
    },
  };
}
