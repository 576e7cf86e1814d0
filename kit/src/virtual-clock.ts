// Time in the test's hand: it stands still until somebody advances it, then wakes sleepers in order of their time. A heap,
// because a simulation has thousands of sleepers, most of which are called off before their time.
import { abortError, type Clock } from "./clock.ts";

export interface VirtualClock extends Clock {
  /**
   * Moves time to each sleeper in turn, up to `durationMs` from now, letting woken code run before the next. Rejects when
   * time stands still, as somebody sleeps for nothing again and again.
   */
  advance(durationMs: number): Promise<void>;
  /** Moves to the next sleeper and wakes it; false when nobody sleeps. */
  advanceToNext(): Promise<boolean>;
  /** When the next sleeper wakes; undefined when nobody sleeps. */
  readonly nextMs: number | undefined;
  /** How many sleep. A simulation looks whether it grows. */
  readonly sleepers: number;
  /** How many have been woken since the start. */
  readonly woken: number;
}

type Sleeper = { readonly atMs: number; readonly order: number; wake: (() => void) | undefined };

/** One for all: most sleepers are called off, and where says nothing. */
const CALLED_OFF = abortError();
/** Called-off sleepers that may lie in the heap before it is swept: below it, sweeping costs more than it saves. */
const CALLED_OFF_MAX = 256;

/** Sleepers that may wake at one instant: more are a loop that waits for a moment which never comes. */
const WOKEN_AT_ONCE_MAX = 1_000_000;

/** A clock that starts at `startMs` (default 0) and moves only when told to. Sleepers of one instant wake in call order. */
export function createVirtualClock(startMs = 0): VirtualClock {
  let nowMs = startMs;
  let order = 0;
  let woken = 0;
  let wokenAtOnce = 0;
  let calledOff = 0;
  let heap: Sleeper[] = [];

  const add = (sleeper: Sleeper) => {
    heap.push(sleeper);
    siftUp(heap, heap.length - 1);
  };
  const callOff = (sleeper: Sleeper) => {
    sleeper.wake = undefined;
    calledOff += 1;
    if (calledOff < CALLED_OFF_MAX || calledOff * 2 < heap.length) return;
    heap = heap.filter(({ wake }) => wake !== undefined);
    for (let index = (heap.length >> 1) - 1; index >= 0; index -= 1) siftDown(heap, index);
    calledOff = 0;
  };
  /** The first sleeper, which stays. */
  const next = (): Sleeper | undefined => {
    while (heap[0] && heap[0].wake === undefined) {
      calledOff -= 1;
      takeFirst(heap);
    }
    return heap[0];
  };
  const wake = async (sleeper: Sleeper) => {
    takeFirst(heap);
    wokenAtOnce = sleeper.atMs > nowMs ? 1 : wokenAtOnce + 1;
    if (wokenAtOnce > WOKEN_AT_ONCE_MAX)
      throw new Error(`Cannot move on from ${nowMs} ms: somebody sleeps for nothing`);
    nowMs = Math.max(nowMs, sleeper.atMs);
    woken += 1;
    sleeper.wake?.();
    await settle();
  };

  return {
    nowMs: () => nowMs,
    wallMs: () => nowMs,
    get nextMs() {
      return next()?.atMs;
    },
    get sleepers() {
      return heap.length - calledOff;
    },
    get woken() {
      return woken;
    },
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(CALLED_OFF);
        const sleeper: Sleeper = { atMs: nowMs + Math.max(delayMs, 0), order: order++, wake: resolve };
        if (signal) {
          const stop = () => {
            callOff(sleeper);
            reject(CALLED_OFF);
          };
          sleeper.wake = () => {
            signal.removeEventListener("abort", stop);
            resolve();
          };
          signal.addEventListener("abort", stop, { once: true });
        }
        add(sleeper);
      }),
    async advance(durationMs) {
      const untilMs = nowMs + durationMs;
      await settle();
      for (let sleeper = next(); sleeper && sleeper.atMs <= untilMs; sleeper = next()) await wake(sleeper);
      nowMs = Math.max(nowMs, untilMs); // Somebody else may advance it meanwhile.
      await settle();
    },
    async advanceToNext() {
      await settle();
      const sleeper = next();
      if (!sleeper) return false;
      await wake(sleeper);
      return true;
    },
  };
}

function isBefore(one: Sleeper, other: Sleeper): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

function siftUp(heap: Sleeper[], from: number): void {
  const sleeper = heap[from] as Sleeper;
  let index = from;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] as Sleeper;
    if (!isBefore(sleeper, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = sleeper;
}

function siftDown(heap: Sleeper[], from: number): void {
  const sleeper = heap[from] as Sleeper;
  let index = from;
  for (;;) {
    let child = 2 * index + 1;
    const left = heap[child];
    if (!left) break;
    const right = heap[child + 1];
    if (right && isBefore(right, left)) child += 1;
    const below = heap[child] as Sleeper;
    if (!isBefore(below, sleeper)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = sleeper;
}

function takeFirst(heap: Sleeper[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  heap[0] = last;
  siftDown(heap, 0);
}

/** Sleepers in a row after which the event loop has its turn: for those who wait for the machine, such as a test's timeout. */
const SETTLED_MAX = 256;
let settled = 0;

/**
 * Lets every chain of promises that is ready run to its next wait. A tick that is asked for by a microtask comes when all
 * microtasks are done, as a turn of the event loop does, at a tenth of its price.
 */
function settle(): Promise<void> {
  settled += 1;
  return new Promise((resolve) => {
    if (settled % SETTLED_MAX === 0) setImmediate(resolve);
    else queueMicrotask(() => process.nextTick(resolve));
  });
}
