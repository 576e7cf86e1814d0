// A deep pool that is quiet: so many lanes, each so thin, that those who wait cannot be matched with one another. Whoever
// arrives may be the one that is missing.
import type { Search } from "@muster/matcher/testing";
import { createEnginePool, type EnginePool } from "./engine-pool.ts";
import { ruleSetOf } from "./pool-rule-sets.ts";
import { createDraw, searchesOf } from "./pool-tickets.ts";

export type StandingPool = {
  readonly pool: EnginePool;
  /** Further searches of the same kind, in no pool yet. */
  drawArrivals(count: number): readonly Search[];
};

/** Tickets that wait for each map that there is: near the number at which as many are matched as arrive. */
const TICKETS_PER_MAP = 900;
/** Matches that are formed to make room for others, in rounds: the pool is nearly quiet long before. */
const FILLINGS_MAX = 60;

/** Maps among which so many tickets choose. */
export function mapsFor(waiting: number): number {
  return Math.max(1, Math.ceil(waiting / TICKETS_PER_MAP));
}

/** A pool that is quiet with `waiting` tickets in it. */
export function createStandingPool({
  waiting,
  seed,
}: {
  readonly waiting: number;
  readonly seed: number;
}): StandingPool {
  const draw = createDraw({ mix: "mix", seed, maps: mapsFor(waiting) });
  const drawArrivals = (count: number) => searchesOf(Array.from({ length: count }, draw));
  const pool = createEnginePool({ ruleSet: ruleSetOf("standing"), searches: [] });
  for (let filling = 0; filling < FILLINGS_MAX && pool.waiting.size < waiting; filling += 1) {
    pool.add(drawArrivals(waiting - pool.waiting.size));
    pool.formAll();
  }
  return { pool, drawArrivals };
}
