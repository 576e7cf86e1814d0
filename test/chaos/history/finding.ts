// What a checker says when a promise was not kept.

export type Finding = {
  /** The invariant's name, such as T-NO-LOSS. */
  readonly promise: string;
  readonly why: string;
  /** Ids that the history's lines about it name. */
  readonly about: readonly string[];
};
