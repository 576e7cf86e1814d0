// How long seats stood empty while somebody who fits was waiting. Told of sessions and of who waits as it happens; pure.

export type SeatClock = {
  /** Those who wait now. */
  readonly waiting: ReadonlySet<string>;
  /** Since when somebody has waited without a break; undefined: nobody does. */
  readonly waitedForSinceMs: number | undefined;
  /** For each session, since when each of its free seats has been free, oldest first. */
  readonly freeSinceMs: ReadonlyMap<string, readonly number[]>;
  /** How long each seat that was taken again had stood empty, with somebody waiting, in ms. */
  readonly emptyMs: readonly number[];
};

export const startedClock: SeatClock = {
  waiting: new Set(),
  waitedForSinceMs: undefined,
  freeSinceMs: new Map(),
  emptyMs: [],
};

/** Somebody waits from now on, or does so no more. */
export function noteWaiting(clock: SeatClock, who: string, waits: boolean, nowMs: number): SeatClock {
  if (clock.waiting.has(who) === waits) return clock;
  const waiting = new Set(clock.waiting);
  if (waits) waiting.add(who);
  else waiting.delete(who);
  if (waiting.size === 0) return { ...clock, waiting, waitedForSinceMs: undefined };
  return { ...clock, waiting, waitedForSinceMs: clock.waitedForSinceMs ?? nowMs };
}

/** The session has so many free seats now that take anybody. 0 for one that takes nobody, or is over. */
export function noteFreeSeats(clock: SeatClock, session: string, free: number, nowMs: number): SeatClock {
  const before = clock.freeSinceMs.get(session) ?? [];
  const freeSinceMs = new Map(clock.freeSinceMs);
  if (free >= before.length) {
    const more = Array.from({ length: free - before.length }, () => nowMs);
    return { ...clock, freeSinceMs: freeSinceMs.set(session, [...before, ...more]) };
  }
  const taken = before.slice(0, before.length - free);
  const { waitedForSinceMs = nowMs } = clock;
  const emptyMs = taken.map((sinceMs) => nowMs - Math.max(sinceMs, waitedForSinceMs));
  freeSinceMs.set(session, before.slice(taken.length));
  return { ...clock, freeSinceMs, emptyMs: [...clock.emptyMs, ...emptyMs] };
}

/** How long seats that are still free have stood empty with somebody waiting, in ms. */
export function stillEmptyMs(clock: SeatClock, nowMs: number): readonly number[] {
  const { waitedForSinceMs } = clock;
  if (waitedForSinceMs === undefined) return [];
  return [...clock.freeSinceMs.values()].flat().map((sinceMs) => nowMs - Math.max(sinceMs, waitedForSinceMs));
}
