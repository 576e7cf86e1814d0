// What the tickets of a lane have in common, as the way to the lane says it; and a walk along them.
import { type Branch, type Lane, sharedKeyOf } from "../lane.ts";
import type { Pool } from "../pool.ts";

export type LaneTraits = {
  /** The value of each partition. */
  readonly values: readonly (number | string)[];
  /** What stands behind them in the lane's key: the string of the mask, "" without one. */
  readonly text: string;
};

export interface LaneBook {
  /** Of a lane that values make. */
  traitsOf(lane: Lane): LaneTraits;
}

export function createLaneBook({ plan }: Pool): LaneBook {
  const known = new WeakMap<Lane, LaneTraits>();
  return {
    traitsOf(lane) {
      const before = known.get(lane);
      if (before) return before;
      const values: (number | string)[] = [];
      for (let at: Branch | undefined = lane.branch; at?.parent; at = at.parent) values.push(at.value);
      const shared = plan.mask === undefined ? undefined : values.shift();
      const traits = { values: values.reverse(), text: shared === undefined ? "" : sharedKeyOf(String(shared)) };
      known.set(lane, traits);
      return traits;
    },
  };
}

/** Visits the nodes of the lane in the buckets `from` to `until`, until `visit` answers false; then it answers false too. */
export function visitNodes(
  pool: Pool,
  lane: Lane,
  range: { readonly from: number; readonly until: number },
  visit: (node: number, slot: number) => boolean,
): boolean {
  const { places } = pool;
  return places.visit(lane, range.from, range.until, (bucket) => {
    for (let queue = places.firstQueue(bucket); queue >= 0; queue = places.nextQueue(queue)) {
      for (let node = places.headOf(queue); node >= 0; node = pool.nextOf(node)) {
        if (!visit(node, pool.slotOf(node))) return false;
      }
    }
    return true;
  });
}
