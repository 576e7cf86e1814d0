// Fills by counting: the largest legal addition to a battle, with the oldest tickets that can take part in it.
import { Rows } from "./columns.ts";
import { type Formed, gather, mayHoldMatch, type Search } from "./forming.ts";
import { lanesFor, type Opening } from "./opening.ts";
import type { Level } from "./plan.ts";
import type { Pool } from "./pool.ts";
import type { Recipe } from "./recipes.ts";
import { formedOf } from "./sweep.ts";

export type FillSearch = {
  readonly pool: Pool;
  readonly levels: readonly Level[];
  readonly isByOldest: boolean;
  readonly opening: Opening;
  /** Whether the fill would be legal by what holds at its own age. */
  readonly isLegal: (formed: Formed) => boolean;
};

const rows = new Rows();

/**
 * The largest fill with the oldest ticket that fits at all, of equally large ones the least expanded; undefined if nobody fits.
 */
export function findFillByCounting(search: FillSearch): Formed | undefined {
  const { pool, levels, opening } = search;
  let best: Formed | undefined;
  for (const level of levels) {
    const recipes = opening.recipes[level.index];
    if (!recipes || recipes.room === 0 || level.suffices < 0) continue;
    for (const key of lanesFor(opening, pool.lanes.keys())) {
      const lane = pool.lanes.get(key);
      if (!lane) continue;
      const at: Search = {
        pool,
        lane,
        level,
        recipes,
        isByOldest: search.isByOldest,
        spread: level.suffices,
        isLegal: search.isLegal,
      };
      const found = fillFrom(at, opening);
      if (found && (!best || isBetter(pool, found, best))) best = found;
    }
  }
  return best;
}

function isBetter(pool: Pool, one: Formed, other: Formed): boolean {
  const arrivalOf = ({ members: [oldest] }: Formed) => pool.arrival[oldest?.slot ?? 0] ?? 0;
  const apart = arrivalOf(one) - arrivalOf(other);
  return apart === 0 ? one.recipe.players > other.recipe.players : apart < 0;
}

function fillFrom(search: Search, opening: Opening): Formed | undefined {
  const { pool, recipes, spread, isByOldest, level } = search;
  const isAnywhere = pool.plan.axis === undefined || !Number.isFinite(spread);
  const hasAxis = !Number.isNaN(opening.low) && !isAnywhere;
  if (hasAxis && opening.high - opening.low > spread) return undefined;
  const from = hasAxis ? pool.bucketOf(opening.high - spread) : Number.NEGATIVE_INFINITY;
  const until = hasAxis ? pool.bucketOf(opening.low + spread) : Number.POSITIVE_INFINITY;
  if (!mayHoldMatch(search, from, until)) return undefined;
  rows.clear();
  gather(search, { from, until, most: recipes.room, fits: (kind) => kind.size <= recipes.room }, rows);
  const lowest = hasAxis ? opening.high - spread : Number.NEGATIVE_INFINITY;
  const highest = hasAxis ? opening.low + spread : Number.POSITIVE_INFINITY;
  const near = [...rows.view()]
    .filter((slot) => (pool.low[slot] ?? 0) >= lowest && (pool.high[slot] ?? 0) <= highest)
    .filter((slot) => !pool.ticketAt(slot).players.some(({ playerId }) => opening.seatedIds.has(playerId)))
    .sort((one, other) => (pool.arrival[one] ?? 0) - (pool.arrival[other] ?? 0));
  let best: Formed | undefined;
  const triedAlike = new Set<string>();
  for (const [index, anchor] of near.entries()) {
    if (isByOldest && pool.level[anchor] !== level.index) continue;
    const kind = pool.kind[anchor] ?? 0;
    const low = pool.low[anchor] ?? 0;
    const high = pool.high[anchor] ?? 0;
    // Without an axis a ticket of the same kind was tried with the same others, and more.
    if (isAnywhere && triedAlike.has(`${kind}`)) continue;
    triedAlike.add(`${kind}`);
    const own = {
      low: hasAxis ? Math.min(low, opening.low) : low,
      high: hasAxis ? Math.max(high, opening.high) : high,
    };
    if (own.high - own.low > spread) continue;
    const others = near.slice(index);
    for (const start of startsOf(others, own)) {
      const window = others.filter(
        (slot) => isAnywhere || ((pool.low[slot] ?? 0) >= start && (pool.high[slot] ?? 0) <= start + spread),
      );
      const counts = new Int32Array(pool.kinds.size);
      for (const slot of window) counts[pool.kind[slot] ?? 0] = (counts[pool.kind[slot] ?? 0] ?? 0) + 1;
      const recipe = recipes.find(counts, kind);
      if (!recipe || recipe.players <= (best?.recipe.players ?? 0)) continue;
      const formed = formedOf(search, recipe, pick(recipe, window));
      if (search.isLegal(formed)) best = formed;
      if (best?.recipe.players === recipes.room) return best;
    }
    if (best) return best;
  }
  return best;

  /** Where windows with the anchor may begin: at it, or at another ticket below it from where it can still be reached. */
  function startsOf(
    others: readonly number[],
    own: { readonly low: number; readonly high: number },
  ): readonly number[] {
    if (isAnywhere) return [0];
    const below = others.map((slot) => pool.low[slot] ?? 0).filter((low) => low < own.low && own.high - low <= spread);
    return [own.low, ...new Set(below.sort((one, other) => other - one))];
  }

  /** The oldest of each kind; the anchor, the oldest of all, is among them. */
  function pick(recipe: Recipe, window: readonly number[]): readonly number[] {
    return recipe.courses.flatMap(({ kind, seats }) => {
      return window.filter((slot) => pool.kind[slot] === kind).slice(0, seats.length);
    });
  }
}
