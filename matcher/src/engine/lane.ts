// The places of a pool: lanes by what all members of a match share, buckets of a lane by what lies near, queues of a bucket by kind
// of party; how lanes are called, and how wide buckets are.
import type { Plan } from "./plan.ts";

/** The lane of tickets that say nothing of what makes lanes: they may go with anybody. */
export const ANYWHERE = "anywhere";

/** Buckets that the widest distance spans, at most: narrower ones cost more visits than they save. */
const BUCKETS_PER_SPREAD_MAX = 64;

export type Lane = {
  readonly id: number;
  readonly key: string;
  readonly branch: Branch;
  /** Of its buckets in the pool's places, in no order; -1: it has none. */
  firstBucket: number;
  /** How many they are. */
  buckets: number;
  size: number;
  /** Battles that wait for it: while there are any it stays, also empty. */
  keepers: number;
};

/** Lanes by one value after the other, so that a ticket finds its lane without a key being written. */
export type Branch = {
  readonly key: string;
  readonly value: number | string;
  readonly parent: Branch | undefined;
  readonly next: Map<number | string, Branch>;
  lane: Lane | undefined;
};

/** The branch for a value beyond `from`, made where there is none. */
export function branchOf(from: Branch, value: number | string, keyOf: (value: string) => string = laneKeyOf): Branch {
  const known = from.next.get(value);
  if (known) return known;
  const key = from.key + (typeof value === "string" ? keyOf(value) : laneKeyOf(value));
  const branch: Branch = { key, value, parent: from, next: new Map(), lane: undefined };
  from.next.set(value, branch);
  return branch;
}

/** Forgets branches that lead nowhere any more. */
export function prune(branch: Branch): void {
  branch.lane = undefined;
  let at: Branch | undefined = branch;
  while (at?.parent && at.next.size === 0 && !at.lane) {
    at.parent.next.delete(at.value);
    at = at.parent;
  }
}

/** What a value that all members share adds to the key of their lane. */
export function laneKeyOf(value: number | string): string {
  return typeof value === "string" ? `${JSON.stringify(value)} ` : `${value + 0} `;
}

/** What the string or region that all members share adds to it, at its end. No value before it ends like that. */
export function sharedKeyOf(text: string): string {
  return `|${JSON.stringify(text)}`;
}

/** 0 where there is no axis: one bucket a lane. */
export function bucketWidth({ axis, levels }: Plan): number {
  if (axis === undefined) return 0;
  const spreads = levels.map(({ spread }) => spread).filter((spread) => spread > 0);
  if (spreads.length === 0) return 1;
  return Math.max(Math.min(...spreads) / 2, Math.max(...spreads) / BUCKETS_PER_SPREAD_MAX);
}
