// A cold pool, the full path: tickets as the core holds them are added, every match is formed, and whoever is matched is taken
// out by id. Beside it, on the same tickets: a radix sort of their keys, the naive search, and the judge's own exhaustive one.
import type { Ticket } from "@muster/matcher/testing";
import { formMatch } from "@muster/rules";
import { createEnginePool, createMatchChecker, type Formation } from "./engine-pool.ts";
import { searchNaively } from "./naive-search.ts";
import { ruleSetOf } from "./pool-rule-sets.ts";
import { drawTickets, type Mix, searchesOf } from "./pool-tickets.ts";
import { radixSort, sortKeysOf } from "./radix-sort.ts";
import { bestOf, collectGarbage, startWatch, type Taken } from "./stopwatch.ts";

export type ColdTask = {
  readonly tickets: number;
  readonly mix: Mix;
  /** Measured runs, after a first one, which is told apart: nothing is compiled in it, and every match of it is judged. */
  readonly runs: number;
};

export type ColdRun = Taken & Formation & { readonly addMs: number; readonly formMs: number };

export type ColdFigures = {
  /** The quickest run. */
  readonly best: ColdRun;
  /** Of any measured run. */
  readonly leastUserMs: number;
  readonly first: ColdRun;
  readonly worstTurnMs: number;
  readonly radixSortMs: number;
  readonly radixSortUserMs: number;
};

export const SEED = 7;

export function measureCold({ tickets: count, mix, runs }: ColdTask): ColdFigures {
  const tickets = drawTickets({ count, mix, seed: SEED });
  const first = runCold(tickets, true);
  let best = runCold(tickets);
  let { worstTurnMs, userMs: leastUserMs } = best;
  for (let run = 1; run < runs; run += 1) {
    const next = runCold(tickets);
    worstTurnMs = Math.max(worstTurnMs, next.worstTurnMs);
    leastUserMs = Math.min(leastUserMs, next.userMs);
    if (next.wallMs < best.wallMs) best = next;
  }
  const sort = measureRadixSort(tickets);
  return { best, leastUserMs, first, worstTurnMs, radixSortMs: sort.wallMs, radixSortUserMs: sort.userMs };
}

function runCold(tickets: readonly Ticket[], isJudged = false): ColdRun {
  const ruleSet = ruleSetOf("pool");
  const searches = searchesOf(tickets);
  const matches: Parameters<ReturnType<typeof createMatchChecker>>[0][] = [];
  const onMatch = isJudged ? { onMatch: (match: (typeof matches)[number]) => void matches.push(match) } : {};
  const pool = createEnginePool({ ruleSet, searches, ...onMatch });
  collectGarbage();
  const watch = startWatch();
  pool.add(searches);
  const addMs = watch().wallMs;
  const formation = pool.formAll();
  const taken = watch();
  const check = createMatchChecker(ruleSet);
  for (const match of matches) check(match);
  return { ...taken, ...formation, addMs, formMs: taken.wallMs - addMs };
}

/** The best of several sorts: the first ones are not compiled. */
function measureRadixSort(tickets: readonly Ticket[]): Taken {
  const keys = sortKeysOf(tickets);
  return bestOf(9, () => radixSort(keys));
}

export type NaiveFigures = { readonly naiveMs: number; readonly userMs: number };

/** The naive search of the same tickets, the best of `runs`. */
export function measureNaive({ tickets: count, mix, runs }: ColdTask): NaiveFigures {
  const tickets = drawTickets({ count, mix, seed: SEED });
  searchNaively(tickets.slice(0, 500));
  const { wallMs: naiveMs, userMs } = bestOf(runs, () => searchNaively(tickets));
  return { naiveMs, userMs };
}

export type OracleFigures = {
  readonly oracleMs: number;
  readonly oracleMatches: number;
  readonly engineMs: number;
  readonly engineMatches: number;
};

/** Everything that the judge's search finds, match by match, and the engine, in one small pool. */
export function measureOracle({ tickets: count, mix, runs }: ColdTask): OracleFigures {
  const tickets = drawTickets({ count, mix, seed: SEED });
  const ruleSet = ruleSetOf("pool");
  const ask = () => {
    const left = new Map(tickets.map((ticket) => [ticket.ticketId, ticket]));
    for (let matches = 0; ; matches += 1) {
      const match = formMatch(ruleSet, [...left.values()], 0);
      if (!match) return matches;
      for (const ticketId of match.tickets) left.delete(ticketId);
    }
  };
  const engine = () => {
    const searches = searchesOf(tickets);
    const pool = createEnginePool({ ruleSet, searches });
    pool.add(searches);
    return pool.formAll().matches;
  };
  for (let run = 0; run < 20; run += 1) engine();
  const oracle = bestOf(runs, ask);
  const ours = bestOf(9, engine);
  return {
    ...{ oracleMs: oracle.wallMs, oracleMatches: oracle.value },
    ...{ engineMs: ours.wallMs, engineMatches: ours.value },
  };
}
