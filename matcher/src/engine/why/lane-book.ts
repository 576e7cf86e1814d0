// What the tickets of a lane have in common, read from one of them and remembered as long as the lane lives.
import { type Lane, laneKeyOf } from "../lane.ts";
import type { Pool } from "../pool.ts";
import type { Pairings } from "./pairing.ts";

export type LaneTraits = {
  /** The value of each partition. */
  readonly values: readonly (number | string | undefined)[];
  /** What stands behind them in the lane's key: the string of the mask, "" without one. */
  readonly text: string;
};

export interface LaneBook {
  traitsOf(lane: Lane): LaneTraits;
}

export function createLaneBook(pool: Pool, pairings: Pairings): LaneBook {
  const known = new WeakMap<Lane, LaneTraits>();
  return {
    traitsOf(lane) {
      const before = known.get(lane);
      if (before) return before;
      const values = pairings.valuesOf(pool.ticketAt(anySlotOf(lane, pool)));
      const start = values.map((value) => (value === undefined ? "" : laneKeyOf(value)));
      const traits = { values, text: lane.key.slice(start.join("").length) };
      known.set(lane, traits);
      return traits;
    },
  };
}

function anySlotOf({ buckets }: Lane, pool: Pool): number {
  for (const { queues } of buckets.values()) {
    for (const queue of queues) if (queue && queue.head >= 0) return pool.nodeSlot[queue.head] ?? -1;
  }
  throw new RangeError("a lane without tickets is none");
}

/** Visits the nodes of the lane in the buckets `from` to `until`, until `visit` answers false; then it answers false too. */
export function visitNodes(
  pool: Pool,
  lane: Lane,
  range: { readonly from: number; readonly until: number },
  visit: (node: number, slot: number) => boolean,
): boolean {
  const { from, until } = range;
  const visitBucket = (number: number): boolean => {
    for (const queue of lane.buckets.get(number)?.queues ?? []) {
      if (!queue) continue;
      for (let node = queue.head; node >= 0; node = pool.nodeNext[node] ?? -1) {
        if (!visit(node, pool.nodeSlot[node] ?? 0)) return false;
      }
    }
    return true;
  };
  if (until - from > lane.buckets.size) {
    for (const number of lane.buckets.keys())
      if (number >= from && number <= until && !visitBucket(number)) return false;
    return true;
  }
  for (let number = from; number <= until; number += 1) if (!visitBucket(number)) return false;
  return true;
}
