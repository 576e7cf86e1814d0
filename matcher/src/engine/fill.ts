// Fills by counting: the largest legal addition to a battle, with the oldest tickets that can take part in it.
import { grown, Rows } from "./columns.ts";
import { type Formed, formedOf, gather, isEligible, mayHoldMatch, type Search } from "./forming.ts";
import { lanesFor, type Opening } from "./opening.ts";
import type { PartyKind } from "./party.ts";
import type { Level } from "./plan.ts";
import type { Pool } from "./pool.ts";
import type { Recipe } from "./recipes.ts";

export type FillSearch = {
  readonly pool: Pool;
  readonly levels: readonly Level[];
  readonly isByOldest: boolean;
  readonly opening: Opening;
  /** Slots that are left out. Undefined: none. */
  readonly excluded: ReadonlySet<number> | undefined;
  /** Whether the fill would be legal by what holds at its own age. */
  readonly isLegal: (formed: Formed) => boolean;
};

const rows = new Rows();
/** Of each kind, of those who are looked at. Used over and over. */
let counts = new Int32Array(0);

/**
 * The largest fill with the oldest ticket that fits at all, of equally large ones the least expanded; undefined if nobody fits.
 */
export function findFillByCounting(search: FillSearch): Formed | undefined {
  const { pool, levels, opening } = search;
  let best: Formed | undefined;
  for (const level of levels) {
    const recipes = opening.recipes[level.index];
    if (!recipes || recipes.room === 0 || level.suffices < 0) continue;
    for (const lane of lanesFor(opening, pool.lanes)) {
      const at: Search = {
        pool,
        lane,
        level,
        recipes,
        isByOldest: search.isByOldest,
        spread: level.suffices,
        isLegal: search.isLegal,
      };
      const found = fillFrom(at, search);
      if (found && (!best || isBetter(pool, found, best))) best = found;
    }
  }
  return best;
}

/** Where one seat is free: the oldest who may take it. Nobody else joins, so that each stands alone. */
function fillSeat(
  search: Search,
  {
    from,
    until,
    mayCome,
  }: { readonly from: number; readonly until: number; readonly mayCome: (slot: number) => boolean },
): Formed | undefined {
  const { pool, lane, recipes, isByOldest, level } = search;
  let best: Formed | undefined;
  let youngest = Number.POSITIVE_INFINITY;
  const { places } = pool;
  places.visit(lane, from, until, (bucket) => {
    for (let queue = places.firstQueue(bucket); queue >= 0; queue = places.nextQueue(queue)) {
      const kind = places.kindOf(queue);
      if (places.headOf(queue) < 0 || pool.kinds.get(kind).size > 1) continue;
      counts[kind] = 1;
      const recipe = recipes.find(counts, kind);
      counts[kind] = 0;
      if (!recipe) continue;
      for (let node = places.headOf(queue); node >= 0; node = pool.nextOf(node)) {
        const age = pool.arrivalOf(node);
        if (age >= youngest) break;
        const slot = pool.slotOf(node);
        if (!mayCome(slot) || !isEligible(search, node, slot)) continue;
        if (isByOldest && pool.levelOf(slot) !== level.index) continue;
        const formed = formedOf(search, recipe, [slot]);
        if (!search.isLegal(formed)) continue;
        best = formed;
        youngest = age;
        break;
      }
    }
    return true;
  });
  return best;
}

function isBetter(pool: Pool, one: Formed, other: Formed): boolean {
  const arrivalOf = ({ members: [oldest] }: Formed) => pool.arrivalOf(oldest?.slot ?? 0);
  const apart = arrivalOf(one) - arrivalOf(other);
  return apart === 0 ? one.recipe.players > other.recipe.players : apart < 0;
}

function fillFrom(search: Search, { opening, excluded }: FillSearch): Formed | undefined {
  const { pool, recipes, spread, isByOldest, level } = search;
  const isAnywhere = pool.plan.axis === undefined || !Number.isFinite(spread);
  const hasAxis = !Number.isNaN(opening.low) && !isAnywhere;
  if (hasAxis && opening.high - opening.low > spread) return undefined;
  const lowest = hasAxis ? opening.high - spread : Number.NEGATIVE_INFINITY;
  const highest = hasAxis ? opening.low + spread : Number.POSITIVE_INFINITY;
  const from = hasAxis ? pool.bucketOf(lowest) : Number.NEGATIVE_INFINITY;
  const until = hasAxis ? pool.bucketOf(highest) : Number.POSITIVE_INFINITY;
  counts = grown(counts, pool.kinds.size);
  counts.fill(0);
  const mayCome = (slot: number) => pool.lowOf(slot) >= lowest && pool.highOf(slot) <= highest && !excluded?.has(slot);
  if (recipes.room === 1) return fillSeat(search, { from, until, mayCome });
  if (!mayHoldMatch(search, from, until)) return undefined;
  const fits = { kind: ({ size }: PartyKind) => size <= recipes.room, slot: mayCome };
  rows.clear();
  gather(search, { from, until, most: recipes.room, fits }, rows);
  if (rows.length === 0) return undefined;
  rows.sort((one, other) => pool.arrivalOf(one) - pool.arrivalOf(other));
  const near = [...rows.view()];
  const tried = new Set<number>();
  for (const [index, anchor] of near.entries()) {
    if (isByOldest && pool.levelOf(anchor) !== level.index) continue;
    // Without an axis a ticket of the same kind was tried with the same others, and more.
    if (isAnywhere && tried.has(pool.kindOf(anchor))) continue;
    tried.add(pool.kindOf(anchor));
    const own = {
      low: hasAxis ? Math.min(pool.lowOf(anchor), opening.low) : pool.lowOf(anchor),
      high: hasAxis ? Math.max(pool.highOf(anchor), opening.high) : pool.highOf(anchor),
    };
    if (own.high - own.low <= spread) {
      const best = fillWith(index, own);
      if (best) return best;
    }
  }
  return undefined;

  /** The largest fill with the anchor, the oldest of those from `index` on. */
  function fillWith(index: number, own: { readonly low: number; readonly high: number }): Formed | undefined {
    const others = index === 0 ? near : near.slice(index);
    let best: Formed | undefined;
    for (const start of startsOf(others, own)) {
      counts.fill(0);
      const isIn = (slot: number) => isAnywhere || (pool.lowOf(slot) >= start && pool.highOf(slot) <= start + spread);
      for (const slot of others) if (isIn(slot)) counts[pool.kindOf(slot)] = (counts[pool.kindOf(slot)] ?? 0) + 1;
      const recipe = recipes.find(counts, pool.kindOf(others[0] ?? 0));
      if (!recipe || recipe.players <= (best?.recipe.players ?? 0)) continue;
      const formed = formedOf(search, recipe, pick(recipe, others, isIn));
      if (search.isLegal(formed)) best = formed;
      if (best?.recipe.players === recipes.room) return best;
    }
    return best;
  }

  /** Where windows with the anchor may begin: at it, or at another ticket below it from where it can still be reached. */
  function startsOf(
    others: readonly number[],
    own: { readonly low: number; readonly high: number },
  ): readonly number[] {
    // Where one seat is free nobody else joins.
    if (isAnywhere || recipes.room === 1) return [isAnywhere ? 0 : own.low];
    const below = others.map((slot) => pool.lowOf(slot)).filter((one) => one < own.low && own.high - one <= spread);
    return below.length === 0 ? [own.low] : [own.low, ...new Set(below.sort((one, other) => other - one))];
  }

  /** The oldest of each kind; the anchor, the oldest of all, is among them. */
  function pick(recipe: Recipe, others: readonly number[], isIn: (slot: number) => boolean): readonly number[] {
    const picked: number[] = [];
    for (const course of recipe.courses) {
      let wanted = course.seats.length;
      for (let index = 0; index < others.length && wanted > 0; index += 1) {
        const slot = others[index] ?? 0;
        if (pool.kindOf(slot) !== course.kind || !isIn(slot)) continue;
        picked.push(slot);
        wanted -= 1;
      }
    }
    return picked;
  }
}
