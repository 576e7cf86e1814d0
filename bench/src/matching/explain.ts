// Explanations of tickets of a deep pool: why each of them waits.
import { createEngine, createExplainer, type Search } from "@muster/matcher/testing";
import { percentile } from "../rpc/statistics.ts";
import { type DocumentName, ruleSetOf } from "./pool-rule-sets.ts";
import { createDraw, searchesOf } from "./pool-tickets.ts";
import { radixSort, sortKeysOf } from "./radix-sort.ts";
import { mapsFor } from "./standing-pool.ts";
import { bestOf, collectGarbage, startWatch } from "./stopwatch.ts";

export type ExplainTask = {
  readonly ruleSet: DocumentName;
  readonly waiting: number;
  /** Tickets that are explained, one after the other. */
  readonly explained: number;
};

export type ExplainFigures = {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The user time of one explanation, on average. */
  readonly userMs: number;
  readonly radixSortMs: number;
};

export function measureExplain({ ruleSet, waiting, explained }: ExplainTask): ExplainFigures {
  const draw = createDraw({ mix: "mix", seed: 17, ...(ruleSet === "standing" ? { maps: mapsFor(waiting) } : {}) });
  const searches: readonly Search[] = searchesOf(Array.from({ length: waiting }, draw));
  const engine = createEngine(ruleSetOf(ruleSet));
  for (const search of searches) engine.add(search);
  const explainer = createExplainer(engine);
  // Far apart, so that none finds in a cache what another has read.
  const stride = Math.max(1, Math.floor(waiting / (2 * explained)));
  const explain = (index: number) => {
    const search = searches[(index * stride) % searches.length];
    if (search) explainer.explain(search.slot, search.ticket, 0);
  };
  for (let index = 0; index < explained; index += 1) explain(2 * index);
  collectGarbage();
  const wallMs: number[] = [];
  const watch = startWatch();
  for (let index = 0; index < explained; index += 1) {
    const startedMs = performance.now();
    explain(2 * index + 1);
    wallMs.push(performance.now() - startedMs);
  }
  const userMs = watch().userMs / explained;
  const keys = sortKeysOf(searches.map(({ ticket }) => ticket));
  return {
    p50Ms: percentile(wallMs, 0.5),
    p99Ms: percentile(wallMs, 0.99),
    userMs,
    radixSortMs: bestOf(3, () => radixSort(keys)).wallMs,
  };
}
