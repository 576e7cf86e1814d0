// The other ticket that comes nearest to fitting: all that keeps it away is the distance along the axis. Looks outward from the
// ticket, bucket by bucket, until nothing nearer can come.
import { ANYWHERE, type Lane } from "../lane.ts";
import type { Pool } from "../pool.ts";
import { levelsIn } from "./count-fitting.ts";
import type { Bounds } from "./counter.ts";
import type { Pairing } from "./pairing.ts";

/** `orLess`: not everybody was looked at, and another may be nearer. */
export type NearestMiss = { readonly distance: number; readonly allowed: number; readonly orLess: boolean };

/** Lanes with more buckets are looked at number by number. */
const BUCKETS_SORTED_MAX = 512;
/** Numbers that are tried to each side, with a bucket or without. */
const STEPS_MAX = 1_024;

/** Undefined if the ticket is nowhere on an axis, or nobody was found whom the distance alone keeps away. */
export function findNearestMiss(pool: Pool, pairing: Pairing, bounds: Bounds): NearestMiss | undefined {
  const { plan } = pool;
  const { slot: own } = pairing;
  const low = pool.lowOf(own);
  const high = pool.highOf(own);
  const lanes = [...pool.lanesOf(own)];
  const isWild = lanes.some(({ key }) => key === ANYWHERE);
  if (plan.axis === undefined || Number.isNaN(low) || isWild) return undefined;
  const widest = plan.levels.reduce((most, { spread }) => Math.max(most, spread), 0);
  let looks = bounds.looks;
  let best: { readonly distance: number; readonly allowed: number } | undefined;
  let isCut = pool.wild > 0; // They lie in no order.

  const isBeaten = (least: number) => best !== undefined && least - widest > best.distance - best.allowed;
  const { places } = pool;
  const lookAt = (bucket: number, levels: number): void => {
    for (let queue = places.firstQueue(bucket); queue >= 0; queue = places.nextQueue(queue)) {
      for (let node = places.headOf(queue); node >= 0; node = pool.nextOf(node)) {
        looks -= 1;
        if (looks < 0) {
          isCut = true;
          return;
        }
        const other = pool.slotOf(node);
        if (other === own) continue;
        const level = pairing.levelWith(other);
        const distance = pairing.distanceTo(other);
        const allowed = plan.levels[level]?.spread ?? 0;
        if (!(distance > allowed) || (best && distance - allowed >= best.distance - best.allowed)) continue;
        if ((levels & (1 << level)) === 0 || !pool.isInLane(node, level) || !pairing.canSit(other, level)) continue;
        best = { distance, allowed };
      }
    }
  };
  const lookAround = (lane: Lane): void => {
    const levels = levelsIn(pool, own, lane);
    const width = pool.bucketWidth;
    const middle = pool.bucketOf(low);
    // The lowest number of a bucket above is at least so far from the ticket's, the highest of one below likewise.
    const leastAbove = (number: number) => number * width - low;
    const leastBelow = (number: number) => high - (number + 1) * width;
    if (lane.buckets <= BUCKETS_SORTED_MAX) {
      const numbers: number[] = [];
      for (let bucket = lane.firstBucket; bucket >= 0; bucket = places.nextBucket(bucket)) {
        numbers.push(places.numberOf(bucket));
      }
      numbers.sort((one, other) => one - other);
      const start = numbers.findIndex((number) => number >= middle);
      const above = start < 0 ? [] : numbers.slice(start);
      const below = (start < 0 ? numbers : numbers.slice(0, start)).toReversed();
      walkOut(lane, levels, above, leastAbove);
      walkOut(lane, levels, below, leastBelow);
      return;
    }
    const steps = Array.from({ length: STEPS_MAX }, (_, step) => step);
    const isSeen = [
      walkOut(
        lane,
        levels,
        steps.map((step) => middle + step),
        leastAbove,
      ),
      walkOut(
        lane,
        levels,
        steps.map((step) => middle - 1 - step),
        leastBelow,
      ),
    ];
    if (isSeen.includes(false)) isCut = true;
  };
  /** Whether nothing beyond the last of `numbers` can be nearer than what was found. */
  const walkOut = (
    lane: Lane,
    levels: number,
    numbers: readonly number[],
    leastOf: (number: number) => number,
  ): boolean => {
    for (const number of numbers) {
      if (isBeaten(leastOf(number))) return true;
      const bucket = places.find(lane, number);
      if (bucket >= 0) lookAt(bucket, levels);
      if (looks < 0) return false;
    }
    return false;
  };

  for (const lane of lanes) lookAround(lane);
  return best && { ...best, orLess: isCut };
}
