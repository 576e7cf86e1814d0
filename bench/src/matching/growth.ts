// How the cost of a cold pool grows from a thousand tickets to a million, beside the floors, drawn into bench/matching-growth.svg.
// User time of all threads: it depends less than wall time on what else the machine does.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { drawGrowth, type GrowthLine } from "./growth-chart.ts";
import type { Measure } from "./measurements.ts";

const CHART = fileURLToPath(new URL("../../matching-growth.svg", import.meta.url));

export type GrowthSizes = {
  readonly tickets: readonly number[];
  /** Above it nobody waits for the naive search. */
  readonly naiveMax: number;
  /** Runs of a pool, at the most: small ones need many until their code is compiled. */
  readonly runsMax: number;
};

/** Measures and draws; answers the chart's text. */
export async function drawMeasuredGrowth(
  measure: Measure,
  { tickets: sizes, naiveMax, runsMax }: GrowthSizes,
): Promise<string> {
  const runsOf = (tickets: number) => Math.max(3, Math.min(runsMax, Math.round(300_000 / tickets)));
  const ours: { tickets: number; ms: number }[] = [];
  const sorts: { tickets: number; ms: number }[] = [];
  const naives: { tickets: number; ms: number }[] = [];
  for (const tickets of sizes) {
    const cold = await measure("cold", { tickets, mix: "mix", runs: runsOf(tickets) });
    ours.push({ tickets, ms: cold.leastUserMs });
    sorts.push({ tickets, ms: cold.radixSortUserMs });
    if (tickets > naiveMax) continue;
    naives.push({ tickets, ms: (await measure("naive", { tickets, mix: "mix", runs: runsOf(tickets) })).userMs });
  }
  const lines: readonly GrowthLine[] = [
    { name: "engine, full path", points: ours },
    { name: "naive search", points: naives },
    { name: "radix sort of the keys", points: sorts },
  ];
  return drawGrowth({ title: "What a cold pool costs, 5v5", lines });
}

export async function writeGrowthChart(text: string): Promise<void> {
  await writeFile(CHART, text);
}
