// The battles of a pool that wait for players. Each is registered where its newcomers would stand, so that an arrival finds the
// battles near it, and a battle whose roster changed finds who waits for it; whatever else happens costs them nothing.
import { capacityOf } from "@muster/rules";
import { findFillByCounting } from "./fill.ts";
import type { Formed } from "./forming.ts";
import { ANYWHERE, type Lane } from "./lane.ts";
import { type Battle, createOpenings, lanesFor, mayCome, type Opening } from "./opening.ts";
import { placingsOf, rosterOf, seatsOf } from "./placing.ts";
import { isCountable, type Plan } from "./plan.ts";
import { LINKED, type Pool, type PooledTicket } from "./pool.ts";

/** What is left to do for a battle. */
export type FillFinding =
  | { readonly type: "fill"; readonly formed: Formed; readonly rooms: readonly string[] }
  /** Counting does not tell: these are the tickets to search among, the oldest first. */
  | { readonly type: "search"; readonly candidates: readonly PooledTicket[] }
  | { readonly type: "nothing" };

export interface Fills {
  /** Looks for a fill of the battle, and registers it for arrivals to come. */
  find(battle: Battle): FillFinding;
  /** The battle as it was registered last. */
  known(id: string): Battle | undefined;
  /** Nobody is wanted there any more. */
  drop(id: string): void;
  /** A ticket that may fit battles that found nobody before: they are woken. */
  arrived(slot: number): void;
  /** The battles woken since this was asked last. */
  takeWoken(): readonly string[];
  readonly size: number;
}

/** Tickets that a search for a fill of a small battle is shown: each may be its oldest, and has a share of the steps. */
const CANDIDATES_SMALL = 64;
/** The largest small battle, in players. */
const SMALL_PLAYERS_MAX = 40;
/** Where battles are registered that take newcomers from anywhere in a lane. */
const ALL_BUCKETS = Number.POSITIVE_INFINITY;

export function createFills(pool: Pool, plan: Plan): Fills {
  const isByOldest = plan.ruleSet.expansionAge === "oldest";
  const compile = createOpenings({ plan, pool });
  const openings = new Map<string, Opening>();
  /** Ids of battles by lane, ANYWHERE for those of no lane, then by the bucket in the middle of the seated. */
  const places = new Map<Lane | typeof ANYWHERE, Map<number, Set<string>>>();
  const woken = new Set<string>();
  const countable = isCountable(plan);
  const isTold = countable && plan.residuals.length === 0;
  const spread = plan.levels.reduce((widest, level) => Math.max(widest, level.spread), 0);
  const isSmall = capacityOf(plan.ruleSet) <= SMALL_PLAYERS_MAX;
  const candidatesMax = isSmall ? CANDIDATES_SMALL : plan.searchedMax;
  const reach = pool.bucketWidth === 0 || !Number.isFinite(spread) ? 0 : Math.ceil(spread / pool.bucketWidth) + 1;

  const bucketOf = ({ low, high }: Opening) =>
    reach === 0 || Number.isNaN(low) ? ALL_BUCKETS : pool.bucketOf((low + high) / 2);
  const lanesOf = ({ lanes }: Opening): readonly (Lane | typeof ANYWHERE)[] => lanes ?? [ANYWHERE];
  const register = (opening: Opening) => {
    const { id } = opening.battle;
    openings.set(id, opening);
    const bucket = bucketOf(opening);
    for (const key of lanesOf(opening)) {
      const lane = places.get(key) ?? new Map<number, Set<string>>();
      const at = lane.get(bucket) ?? new Set();
      at.add(id);
      lane.set(bucket, at);
      places.set(key, lane);
    }
  };
  /** Whether the battle waits where it did before, in which case nothing has to be registered anew. */
  const isInPlace = (opening: Opening, before: Opening): boolean => {
    if (bucketOf(opening) !== bucketOf(before)) return false;
    const [lanes, others] = [lanesOf(opening), lanesOf(before)];
    return lanes.length === others.length && lanes.every((lane, index) => lane === others[index]);
  };
  const letLanesGo = ({ lanes = [] }: Opening) => {
    for (const lane of lanes) pool.lanes.letGo(lane);
  };
  const drop = (id: string) => {
    woken.delete(id);
    const opening = openings.get(id);
    if (!opening) return;
    openings.delete(id);
    const bucket = bucketOf(opening);
    for (const key of lanesOf(opening)) {
      const lane = places.get(key);
      const at = lane?.get(bucket);
      at?.delete(id);
      if (at?.size === 0) lane?.delete(bucket);
      if (lane?.size === 0) places.delete(key);
    }
    letLanesGo(opening);
  };
  const wake = (at: ReadonlySet<string> | undefined) => {
    if (at) for (const id of at) woken.add(id);
  };
  /** What holds at the fill's own age may differ from what it was sought for. */
  const isLegal =
    ({ recipes, low, high, battle }: Opening) =>
    ({ members, recipe, level: sought }: Formed) => {
      let own = pool.levelOf(members[0]?.slot ?? 0);
      let least = Number.isNaN(low) ? Number.POSITIVE_INFINITY : low;
      let most = Number.isNaN(high) ? Number.NEGATIVE_INFINITY : high;
      for (const { slot } of members) {
        const level = pool.levelOf(slot);
        own = isByOldest ? Math.max(own, level) : Math.min(own, level);
        least = Math.min(least, pool.lowOf(slot));
        most = Math.max(most, pool.highOf(slot));
      }
      const level = plan.levels[own];
      if (!level || most - least > level.suffices) return false;
      if (own !== sought && !recipes[own]?.allows(recipe.sizes)) return false;
      if (!level.axisHolds) return true;
      const tickets = members.map(({ slot }) => pool.ticketAt(slot));
      const rooms = recipes[sought]?.rooms ?? [];
      return level.axisHolds(rosterOf(seatsOf(placingsOf({ members }, tickets, rooms), rooms), battle.seated));
    };
  /** Who sits there already, or was turned away, is not seated: such tickets are left out, which hardly ever happens. */
  const count = (opening: Opening): Formed | undefined => {
    let excluded: Set<number> | undefined;
    for (;;) {
      const formed = findFillByCounting({
        pool,
        levels: plan.levels,
        isByOldest,
        opening,
        isLegal: isLegal(opening),
        excluded,
      });
      if (!formed || formed.members.every(({ slot }) => mayCome(opening, pool.ticketAt(slot)))) return formed;
      excluded ??= new Set();
      for (const { slot } of formed.members) if (!mayCome(opening, pool.ticketAt(slot))) excluded.add(slot);
    }
  };
  const candidatesOf = (opening: Opening): readonly PooledTicket[] => {
    const { low, high } = opening;
    const isNarrow = reach > 0 && !Number.isNaN(low);
    const found: number[] = [];
    const anywhere = pool.lanes.get(ANYWHERE);
    for (const lane of [...lanesFor(opening, pool.lanes), ...(anywhere ? [anywhere] : [])]) {
      const isNear = !isNarrow || lane.key === ANYWHERE;
      const from = isNear ? Number.NEGATIVE_INFINITY : pool.bucketOf(high - spread);
      const until = isNear ? Number.POSITIVE_INFINITY : pool.bucketOf(low + spread);
      pool.places.visit(lane, from, until, (bucket) => {
        const { places } = pool;
        for (let queue = places.firstQueue(bucket); queue >= 0; queue = places.nextQueue(queue)) {
          let left = candidatesMax;
          for (let node = places.headOf(queue); node >= 0 && left > 0; node = pool.nextOf(node)) {
            const slot = pool.slotOf(node);
            if (pool.stateOf(slot) === LINKED) found.push(slot);
            left -= 1;
          }
        }
        return true;
      });
    }
    return [...new Set(found)]
      .sort((one, other) => pool.arrivalOf(one) - pool.arrivalOf(other))
      .map((slot) => pool.ticketAt(slot))
      .filter((ticket) => mayCome(opening, ticket))
      .slice(0, candidatesMax);
  };

  return {
    drop,
    get size() {
      return openings.size;
    },
    takeWoken() {
      const ids = [...woken];
      woken.clear();
      return ids;
    },
    arrived(slot) {
      if (openings.size === 0 || pool.stateOf(slot) !== LINKED) return;
      const bucket = pool.bucketOf(pool.lowOf(slot));
      const wakeNear = (lane: ReadonlyMap<number, ReadonlySet<string>> | undefined) => {
        if (!lane) return;
        wake(lane.get(ALL_BUCKETS));
        for (let near = bucket - reach; reach > 0 && near <= bucket + reach; near += 1) wake(lane.get(near));
      };
      wakeNear(places.get(ANYWHERE));
      for (const of of pool.lanesOf(slot)) {
        if (of.key === ANYWHERE) {
          for (const id of openings.keys()) woken.add(id);
          return;
        }
        wakeNear(places.get(of));
      }
    },
    known: (id) => openings.get(id)?.battle,
    find(battle) {
      const known = openings.get(battle.id);
      const opening = known?.battle === battle ? known : compile(battle);
      if (opening && known && opening !== known && isInPlace(opening, known)) {
        woken.delete(battle.id);
        openings.set(battle.id, opening);
        letLanesGo(known);
      } else if (opening !== known || !opening) {
        drop(battle.id);
        if (opening) register(opening);
      }
      if (!opening || pool.size === 0) return { type: "nothing" };
      if (countable) {
        const formed = count(opening);
        if (formed) return { type: "fill", formed, rooms: opening.recipes[formed.level]?.rooms ?? [] };
        if (isTold && pool.wild === 0) return { type: "nothing" };
      }
      const candidates = candidatesOf(opening);
      return candidates.length === 0 ? { type: "nothing" } : { type: "search", candidates };
    },
  };
}
