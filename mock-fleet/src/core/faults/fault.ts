// What a fault plan is made of: which fault, whom it strikes, and when.

/**
 * How each kind of fault finds its victims.
 * `process`: those that live when its time has come, once; or each, again and again, with `perHour`.
 * `launch`, `session`, `battle`: at every launch, start of a session, activation of one.
 * `standing`: whoever it fits, for as long as it stands.
 * `fleet`: the fleet itself.
 */
export const faultKinds = {
  /** A process says only `forMs` later that it is ready. */
  SLOW_START: { strikes: "launch" },
  /** The game dies while it loads a session. */
  CRASH_IN_ACTIVATION: { strikes: "session" },
  /** The game dies `delayMs` after a session was activated; with `perHour` at any time. */
  CRASH_IN_PLAY: { strikes: "battle" },
  /** Game and sidecar stand still for `forMs`; their connection stays open. */
  HANG: { strikes: "process" },
  /** The game stands still and answers no health check; its sidecar reports it. */
  UNHEALTHY: { strikes: "process" },
  /** The game activates a session a second time. */
  ACTIVATES_TWICE: { strikes: "battle" },
  /** The game accepts player sessions that are none of its own. */
  ACCEPTS_UNKNOWN: { strikes: "battle" },
  /** The game reports what cannot be: sessions it does not have, ports that are none, commands that say nothing. */
  REPORTS_NONSENSE: { strikes: "battle" },
  /** The connection of the sidecar breaks, and cannot be opened again for `forMs`. */
  CUT: { strikes: "process" },
  /** Nothing passes for `forMs`, in the given direction; the connection stays open, and what was held comes afterwards. */
  SILENCE: { strikes: "process" },
  /** Messages take `delayMs` longer, in order. */
  DELAY: { strikes: "standing" },
  /** Messages come twice. */
  DOUBLE: { strikes: "standing" },
  /** The machine is gone without a word: nothing is heard of the process any more, nor can it be reached. */
  HOST_LOST: { strikes: "process" },
  /** Nothing can be launched. */
  CAPACITY_GONE: { strikes: "standing" },
  /** The machine is taken back: the process is told to end, and is gone `noticeMs` later. */
  SPOT_NOTICE: { strikes: "process" },
  /** The fleet's wall clock jumps by `jumpMs`. */
  CLOCK_JUMP: { strikes: "fleet" },
} as const satisfies Record<string, { readonly strikes: Opportunity }>;

export type FaultKind = keyof typeof faultKinds;
export type Opportunity = "launch" | "session" | "battle" | "process" | "standing" | "fleet";

/** Which way messages are held. */
export const directions = ["BOTH", "TO_FLEET", "TO_HOST"] as const;
export type Direction = (typeof directions)[number];

export type FaultSpec = {
  readonly kind: FaultKind;
  /** Undefined: of every fleet. */
  readonly fleet: string | undefined;
  readonly region: string | undefined;
  /** The beginning of a process id. */
  readonly processId: string | undefined;
  /** Share of opportunities at which it strikes, 0..1. */
  readonly ratio: number;
  /** How often it strikes a process in an hour, on average, instead of once. */
  readonly perHour: number | undefined;
  /** It strikes nobody before so long after it was added, in ms. */
  readonly afterMs: number;
  /** Nor later than so long after that. Undefined: until it is removed. */
  readonly withinMs: number | undefined;
  /** It strikes so often and no more. Undefined: as often as there is reason to. */
  readonly strikesMax: number | undefined;
  /** How long one strike lasts. Undefined: for good. */
  readonly forMs: number | undefined;
  readonly delayMs: number;
  readonly jumpMs: number;
  readonly noticeMs: number;
  readonly direction: Direction;
  /** The same seed and the same order of launches: the same victims. */
  readonly seed: number;
};

export type Fault = FaultSpec & {
  readonly faultId: string;
  readonly addedAtMs: number;
  /** How often it has struck. */
  readonly strikes: number;
};

/** A process as a fault sees it. */
export type Target = { readonly processId: string; readonly fleet: string; readonly region: string };
