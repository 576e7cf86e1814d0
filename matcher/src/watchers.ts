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

export function createWatchers(clock: Clock): Watchers {
  const present = createDeadlineHeap<string, OneWatcher>();
  /** The sleep until the first of them is due, or a little before. */
  let sleeping: { readonly untilMs: number; readonly stop: AbortController } | undefined;
  /** Whose wait is over, and whose turn has not come. */
  const due = new Set<OneWatcher>();
  let finishedThisTurn = 0;
  let ended: { readonly reason: unknown } | undefined;

  const finishInTurn = (watcher: OneWatcher) => {
    if (finishedThisTurn >= WOKEN_PER_TURN_MAX) return void due.add(watcher);
    watcher.finish();
    finishedThisTurn += 1;
    if (finishedThisTurn === WOKEN_PER_TURN_MAX) void nextTurn();
  };
  const nextTurn = async () => {
    await clock.sleep(0);
    finishedThisTurn = 0;
    for (const watcher of due) {
      due.delete(watcher);
      finishInTurn(watcher);
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
      finishInTurn(first);
    }
    await sleep();
  };
  const room: Room = {
    get ended() {
      return ended;
    },
    enter(watcher) {
      present.add(watcher);
      sleep().catch(ignoreAbort);
    },
    leave(watcher) {
      present.remove(watcher);
      if (present.size === 0) stopSleeping();
      due.delete(watcher);
    },
  };

  return {
    add: () => new OneWatcher(room),
    wake(watchers) {
      for (const watcher of watchers) {
        if (!(watcher instanceof OneWatcher) || watcher.isWoken) continue;
        watcher.isWoken = true;
        if (watcher.isWaiting) finishInTurn(watcher);
      }
    },
    end(reason) {
      ended = { reason };
      for (let first = present.first(); first; first = present.first()) first.finish();
      for (const watcher of due) watcher.finish();
    },
  };
}

/** What all watchers share. */
type Room = {
  readonly ended: { readonly reason: unknown } | undefined;
  enter(watcher: OneWatcher): void;
  leave(watcher: OneWatcher): void;
};

type Wait = {
  readonly signal: AbortSignal;
  readonly resolve: (isWoken: boolean) => void;
  readonly reject: (reason: unknown) => void;
};

/**
 * A watcher, its deadline among those of all, and the listener of its caller's signal, in one object: ten thousand of each is what
 * those who watch and hear nothing cost. One sleep wakes whoever is due, as a timer for each would cost more than all else.
 */
class OneWatcher implements Watcher, Deadline<string> {
  readonly ticketId = "";
  atMs = 0;
  place = -1;
  isWoken = false;
  readonly #room: Room;
  /** The present wait; undefined: it is at work. */
  #wait: Wait | undefined;

  constructor(room: Room) {
    this.#room = room;
  }

  get isWaiting(): boolean {
    return this.#wait !== undefined;
  }

  wait(untilMs: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (this.#room.ended) return reject(this.#room.ended.reason);
      if (this.isWoken) {
        this.isWoken = false;
        return resolve(true);
      }
      this.#wait = { signal, resolve, reject };
      this.atMs = untilMs;
      signal.addEventListener("abort", this, ONCE);
      this.#room.enter(this);
    });
  }

  /** The caller is gone. */
  handleEvent(): void {
    this.finish();
  }

  /** Ends the present wait. */
  finish(): void {
    const wait = this.#wait;
    if (!wait) return;
    this.#wait = undefined;
    wait.signal.removeEventListener("abort", this);
    this.#room.leave(this);
    if (wait.signal.aborted) wait.reject(wait.signal.reason);
    else if (this.#room.ended) wait.reject(this.#room.ended.reason);
    else {
      wait.resolve(this.isWoken);
      this.isWoken = false;
    }
  }
}

const ONCE = { once: true } as const;

function ignoreAbort(error: unknown): void {
  if (!isAbortError(error)) throw error;
}
