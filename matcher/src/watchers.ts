// Those who wait for news on a stream. News that thousands wait for goes out in shares, one a turn of the event loop, so that
// calls of others need not wait until everybody has been told.
import { abortError, type Clock, isAbortError } from "@muster/kit";
import { createDeadlineHeap, type Deadline } from "./core/deadline-heap.ts";

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
  /** The present wait; undefined: it is at work. */
  wait: Wait | undefined;
};

/** One sleep wakes whoever is due: a timer for each of ten thousand, and what calls it off, is most of what they would hold. */
type Wait = Deadline<string> & { readonly finish: () => void };

export function createWatchers(clock: Clock): Watchers {
  const waitingOf = new WeakMap<Watcher, Waiting>();
  const present = createDeadlineHeap<string, Wait>();
  /** The sleep until the first of them is due, or a little before. */
  let sleeping: { readonly untilMs: number; readonly stop: AbortController } | undefined;
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

  const stopSleeping = () => {
    sleeping?.stop.abort(OVER);
    sleeping = undefined;
  };
  const sleep = async () => {
    const untilMs = present.nextAtMs();
    if (untilMs === undefined || (sleeping && sleeping.untilMs <= untilMs)) return;
    stopSleeping();
    const own = { untilMs, stop: new AbortController() };
    sleeping = own;
    await clock.sleep(untilMs - clock.nowMs(), own.stop.signal);
    if (sleeping !== own) return;
    sleeping = undefined;
    const nowMs = Math.max(clock.nowMs(), untilMs);
    for (let first = present.first(); first && first.atMs <= nowMs; first = present.first()) {
      present.remove(first);
      finishInTurn(first.finish);
    }
    await sleep();
  };
  const wait = (waiting: Waiting, untilMs: number, signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (ended) return reject(ended.reason);
      if (waiting.isWoken) {
        waiting.isWoken = false;
        return resolve(true);
      }
      const finish = () => {
        signal.removeEventListener("abort", finish);
        present.remove(own);
        if (present.size === 0) stopSleeping();
        due.delete(finish);
        waiting.wait = undefined;
        if (signal.aborted) return reject(signal.reason);
        if (ended) return reject(ended.reason);
        resolve(waiting.isWoken);
        waiting.isWoken = false;
      };
      const own: Wait = { ticketId: "", atMs: untilMs, place: -1, finish };
      waiting.wait = own;
      present.add(own);
      signal.addEventListener("abort", finish, { once: true });
      sleep().catch(ignoreAbort);
    });

  return {
    add() {
      const waiting: Waiting = { isWoken: false, wait: undefined };
      const watcher: Watcher = { wait: (untilMs, signal) => wait(waiting, untilMs, signal) };
      waitingOf.set(watcher, waiting);
      return watcher;
    },
    wake(watchers) {
      for (const watcher of watchers) {
        const waiting = waitingOf.get(watcher);
        if (!waiting || waiting.isWoken) continue;
        waiting.isWoken = true;
        if (waiting.wait) finishInTurn(waiting.wait.finish);
      }
    },
    end(reason) {
      ended = { reason };
      for (let first = present.first(); first; first = present.first()) first.finish();
      for (const finish of due) finish();
    },
  };
}

function ignoreAbort(error: unknown): void {
  if (!isAbortError(error)) throw error;
}
