// What a rule is to whoever searches a pool: the kind decides where it is paid for. A rule may be several: an index that
// is necessary, and a check of the whole match that is sufficient.

export const constraintKinds = ["admission", "partition", "mask", "window", "recipe", "order", "residual"] as const;

/**
 * - `admission`: a ticket alone decides; looked at once, when it arrives.
 * - `partition`: all players have one value; found by hashing.
 * - `mask`: all players share regions or strings; found by sets.
 * - `window`: all players' numbers lie within a distance; found by order.
 * - `recipe`: numbers of players decide; worked out before anybody arrives.
 * - `order`: says who is tried first, and forbids nothing.
 * - `residual`: the whole match has to be looked at. `prunes`: a part that breaks it already dooms the whole.
 */
export type Constraint = {
  readonly kind: (typeof constraintKinds)[number];
  /** The attributes, `regions` or `team sizes` that it is about. */
  readonly over: string;
  /** In a few words: "all equal", "within 50 of one another". */
  readonly says: string;
  /** Only for `residual`: whether a search can stop early. */
  readonly prunes?: boolean;
};

/** Whether the kind keeps a search from comparing every ticket with every other. */
export function isIndexed({ kind }: Constraint): boolean {
  return kind === "partition" || kind === "mask" || kind === "window";
}
