// What the engine holds of each ticket, beside the ticket itself: columns and what hangs on them, after a collection.
import { createEngine } from "@muster/matcher/testing";
import { ruleSetOf } from "./pool-rule-sets.ts";
import { drawTickets, type Mix, searchesOf } from "./pool-tickets.ts";
import { collectGarbage } from "./stopwatch.ts";

export type MemoryTask = { readonly tickets: number; readonly mix: Mix };

export type MemoryFigures = {
  /** Typed arrays of the engine, and its objects on the heap, by ticket. */
  readonly columnBytes: number;
  readonly heapBytes: number;
};

export function measureMemory({ tickets: count, mix }: MemoryTask): MemoryFigures {
  const ruleSet = ruleSetOf("pool");
  const searches = searchesOf(drawTickets({ count, mix, seed: 13 }));
  // Places are numbers that change: what the first change costs is the search's own, not the engine's.
  for (const search of searches) search.slot = -1;
  const before = readUsage();
  const engine = createEngine(ruleSet);
  for (const search of searches) engine.add(search);
  const after = readUsage();
  const isHeld = searches.every(({ slot }) => slot >= 0) && engine.ruleSet === ruleSet;
  if (!isHeld) throw new Error("The engine does not hold the tickets whose memory is measured");
  return {
    columnBytes: (after.arrayBuffers - before.arrayBuffers) / count,
    heapBytes: (after.heapUsed - before.heapUsed) / count,
  };
}

function readUsage(): NodeJS.MemoryUsage {
  collectGarbage();
  return process.memoryUsage();
}
