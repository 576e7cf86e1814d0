// What the benchmark asks of the game whose seats it frees, and what it is answered: one JSON line each way.

/** Removes one player of the battle, and waits until somebody else sits there. */
export type RefillOrder = { readonly battleSessionId: string };

/** Wall times in ms, of this machine: comparable between its processes to a fraction of a millisecond. */
export type RefillAnswer = {
  /** `remove()` was called. */
  readonly freedMs: number;
  /** `onBattleSessionUpdated` told of the newcomer. */
  readonly heardMs: number;
};

/** Now, as every process of this machine counts it. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}
