// How the servers of a simulated fleet behave, as muster.json says it: plain values that the core carries and never reads.

/** Seconds: always the same, or drawn evenly between two. */
export type Span = { readonly minMs: number; readonly maxMs: number };

export type SimulatedSpec = {
  /** From launch until the process says that it is ready. */
  readonly ready: Span;
  /** From the start of a session until the game activates it. */
  readonly activation: Span;
  /** From activation until the game ends the session. Undefined: when the last player has left. */
  readonly session: Span | undefined;
  /** From a reservation until its player connects. */
  readonly accept: Span;
  /** Share of reservations whose player never connects, 0..1. */
  readonly noShowRatio: number;
  /** How many of the players who play leave in a minute, on average. */
  readonly leavesPerMinute: number;
  /** Share of those who leave whose connection breaks and who do not come back, 0..1. */
  readonly disconnectRatio: number;
  /** How often a process crashes in an hour, on average. */
  readonly crashesPerHour: number;
  /** Share of fills that the game turns away where it is asked, 0..1. */
  readonly refusedFillRatio: number;
  /** Looks for players as soon as one has left and no backfill does. */
  readonly backfill: boolean;
  /** Sessions that a process takes at once. */
  readonly concurrentSessions: number;
  /** The same seed and the same order of events: the same behaviour. */
  readonly seed: number;
  /** Path of a module in whose default export the behaviour is written, in place of the one that these numbers describe. */
  readonly script: string | undefined;
};
