// How many of the matches that were possible are formed, from a cold pool.
import { createEnginePool } from "./engine-pool.ts";
import { mostMatchesOf } from "./optimum.ts";
import { ruleSetOf } from "./pool-rule-sets.ts";
import { drawTickets, type Mix, searchesOf } from "./pool-tickets.ts";

export type OptimumTask = { readonly tickets: number; readonly mix: Mix; readonly seed: number };

export type OptimumFigures = {
  readonly matches: number;
  /** For solos the optimum; for parties a bound, as if they could be taken apart. */
  readonly most: number;
};

const WINDOW = { players: 10, spread: 100 };

export function measureOptimum({ tickets: count, mix, seed }: OptimumTask): OptimumFigures {
  const tickets = drawTickets({ count, mix, seed });
  const searches = searchesOf(tickets);
  const pool = createEnginePool({ ruleSet: ruleSetOf("pool"), searches });
  pool.add(searches);
  return { matches: pool.formAll().matches, most: mostMatchesOf(tickets, WINDOW) };
}
