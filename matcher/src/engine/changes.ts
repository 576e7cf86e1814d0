// Where in a pool something has changed that nobody has looked at yet: buckets of lanes, by level. Everything else was looked at
// before and holds no match.
import type { Lane } from "./lane.ts";

export interface Changes {
  add(level: number, lane: Lane, bucket: number): void;
  /** The lanes with changes at the level, in the order of their first one. */
  lanes(level: number): Iterable<readonly [Lane, Set<number>]>;
  /** The lane has been looked at. */
  settle(level: number, lane: Lane): void;
}

export function createChanges(levels: number): Changes {
  const byLevel = Array.from({ length: levels }, () => new Map<Lane, Set<number>>());
  return {
    add(level, lane, bucket) {
      const lanes = byLevel[level];
      const buckets = lanes?.get(lane);
      if (buckets) buckets.add(bucket);
      else lanes?.set(lane, new Set([bucket]));
    },
    lanes: (level) => byLevel[level] ?? [],
    settle: (level, lane) => {
      byLevel[level]?.delete(lane);
    },
  };
}
