// How many others of a pool fit a ticket: each constraint alone, and all of them together. Sizes of lanes and kinds tell where
// they can; elsewhere tickets are looked at until there are enough.
import { ANYWHERE, type Lane } from "../lane.ts";
import { LINKED, type Pool } from "../pool.ts";
import { type BoundedCount, type Bounds, Counter } from "./counter.ts";
import { type LaneBook, visitNodes } from "./lane-book.ts";
import type { Pairing } from "./pairing.ts";

export interface Counts {
  /** By the partition at `index` of the plan's. */
  bySameValue(index: number): BoundedCount;
  bySharedText(): BoundedCount;
  byDistance(): BoundedCount;
  /** By the admission rule of that index. */
  byAdmission(rule: number): BoundedCount;
  bySeats(): BoundedCount;
  /** By everything at once; `tell` hears of each that fits. */
  byAll(tell: (slot: number) => void): BoundedCount;
}

/** Lanes that are looked through for one constraint: some 100 µs. */
const LANES_MAX = 1_024;
/** Slots that are passed over while looking for tickets: most are of tickets. */
const SLOTS_MAX = 16_384;
const EVERYWHERE = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

export function createCounts(pool: Pool, book: LaneBook, pairing: Pairing, bounds: Bounds): Counts {
  const { plan } = pool;
  const { slot: own } = pairing;
  const others = pool.size - 1;
  const exactly = (tickets: number): BoundedCount => ({ tickets, orMore: false });
  const lanes = [...pool.lanesOf(own)];
  const isWild = lanes.some(({ key }) => key === ANYWHERE);
  const range = plan.axis === undefined ? EVERYWHERE : rangeAround(pool, own);

  /** Over all tickets, by what each of them brings. */
  const read = (fits: (other: number, level: number) => boolean, looks = bounds.reads): BoundedCount => {
    const counter = new Counter(bounds.tickets, looks);
    let seen = 0;
    for (let other = 0; seen < others; other += 1) {
      if (other >= SLOTS_MAX) {
        counter.cut();
        break;
      }
      if (other === own || pool.stateOf(other) !== LINKED) continue;
      seen += 1;
      const isMore = counter.see(fits(other, pairing.levelWith(other)));
      if (!isMore && seen < others) break;
    }
    return counter.result;
  };
  /** Over the tickets of lanes that `isOne`, each ticket once, though it may be in several of them. */
  const walk = (
    isOne: (lane: Lane) => boolean,
    how: { readonly inRange: boolean; readonly fits: (node: number, slot: number, level: number) => boolean },
  ): BoundedCount => {
    const counter = new Counter(bounds.tickets, bounds.looks);
    const seen = new Set<number>();
    let looked = 0;
    for (const lane of pool.lanes.values()) {
      looked += 1;
      if (looked > LANES_MAX) {
        counter.cut();
        break;
      }
      if (lane.key !== ANYWHERE && !isOne(lane)) continue;
      const where = how.inRange && lane.key !== ANYWHERE ? range : EVERYWHERE;
      const isDone = visitNodes(pool, lane, where, (node, other) => {
        if (other === own || seen.has(other)) return true;
        const fits = how.fits(node, other, pairing.levelWith(other));
        if (fits && plan.mask !== undefined) seen.add(other);
        return counter.see(fits);
      });
      if (!isDone) break;
    }
    return counter.result;
  };

  return {
    bySameValue(index) {
      if (pool.wild > 0) return read((other) => pairing.hasSameValue(index, other));
      const mine = book.traitsOf(lanes[0] ?? raise()).values[index];
      const isSame = (lane: Lane) => book.traitsOf(lane).values[index] === mine;
      if (plan.mask !== undefined || pool.lanes.size > LANES_MAX)
        return walk(isSame, { inRange: false, fits: () => true });
      let tickets = 0;
      for (const lane of pool.lanes.values()) if (isSame(lane)) tickets += lane.size;
      return exactly(tickets - 1);
    },
    bySharedText() {
      // Lanes know of strings only at levels at which a ticket is admitted.
      const isInLanes = pool.wild === 0 && plan.admissions.length === 0;
      if (!isInLanes) return read((other, level) => pairing.hasSharedText(other, level));
      const texts = new Map(lanes.map((lane) => [book.traitsOf(lane).text, levelsIn(pool, own, lane)]));
      const levelsOf = (lane: Lane) => texts.get(book.traitsOf(lane).text) ?? 0;
      let levels = 0;
      const isShared = (lane: Lane) => {
        levels = levelsOf(lane);
        return levels !== 0;
      };
      return walk(isShared, {
        inRange: false,
        fits: (node, _, level) => (levels & (1 << level)) !== 0 && pool.isInLane(node, level),
      });
    },
    byDistance() {
      if (Number.isNaN(pool.lowOf(own))) return exactly(others);
      return walk(() => true, { inRange: true, fits: (_, other, level) => pairing.isNear(other, level) });
    },
    byAdmission(rule) {
      if (plan.levels.length === 1) return exactly(others);
      if (plan.admissions.length > 1 || plan.mask !== undefined) {
        return read((other, level) => pairing.isAdmitted(rule, other, level));
      }
      return read((other, level) => pool.isInLane(pool.firstNode(other), level), bounds.looks);
    },
    bySeats() {
      let tickets = 0;
      for (const [kind, count] of pool.sizeOfKind.entries()) {
        const answers = plan.levels.map(({ index }) => pairing.canSitWith(kind, index));
        if (answers.every((answer) => answer === answers[0])) tickets += answers[0] ? count : 0;
        else return read((other, level) => pairing.canSit(other, level), bounds.looks);
      }
      const isOwnCounted = pairing.canSitWith(pool.kindOf(own), 0);
      return exactly(isOwnCounted ? tickets - 1 : tickets);
    },
    byAll(tell) {
      const heard = (other: number, fits: boolean): boolean => {
        if (fits) tell(other);
        return fits;
      };
      if (isWild) return read((other, level) => heard(other, pairing.fits(other, level)));
      const counter = new Counter(bounds.tickets, bounds.looks);
      const seen = new Set<number>();
      const look = (other: number, fits: () => boolean): boolean => {
        if (other === own || seen.has(other)) return true;
        const isFitting = heard(other, fits());
        if (isFitting && lanes.length > 1) seen.add(other);
        return counter.see(isFitting);
      };
      for (const lane of lanes) {
        const levels = levelsIn(pool, own, lane);
        const isDone = visitNodes(pool, lane, range, (node, other) =>
          look(other, () => {
            const level = pairing.levelWith(other);
            const isIn = (levels & (1 << level)) !== 0 && pool.isInLane(node, level);
            return isIn && pairing.isNear(other, level) && pairing.canSit(other, level);
          }),
        );
        if (!isDone) return counter.result;
      }
      const anywhere = pool.lanes.get(ANYWHERE);
      if (!anywhere) return counter.result;
      let reads = bounds.reads;
      visitNodes(pool, anywhere, EVERYWHERE, (_, other) => {
        reads -= 1;
        if (reads < 0) counter.cut();
        return reads >= 0 && look(other, () => pairing.fits(other, pairing.levelWith(other)));
      });
      return counter.result;
    },
  };
}

/** The levels at which the slot belongs to the lane, a bit each. */
export function levelsIn(pool: Pool, slot: number, lane: Lane): number {
  const node = pool.nodeIn(slot, lane);
  return node < 0 ? 0 : pool.levelsOf(node);
}

/** Buckets in which whoever is near enough at some age has its lowest number. */
function rangeAround(pool: Pool, slot: number): { readonly from: number; readonly until: number } {
  const spread = pool.plan.levels.reduce((widest, level) => Math.max(widest, level.spread), 0);
  const low = pool.lowOf(slot);
  const high = pool.highOf(slot);
  if (Number.isNaN(low)) return EVERYWHERE;
  return { from: pool.bucketOf(high - spread), until: pool.bucketOf(low + spread) };
}

function raise(): never {
  throw new RangeError("a ticket in lanes has one");
}
