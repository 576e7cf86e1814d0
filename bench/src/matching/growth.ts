// How the cost of a cold pool grows from a thousand tickets to a million, beside the floors, drawn into bench/matching-growth.svg.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { drawGrowth, type GrowthLine } from "./growth-chart.ts";
import type { Measure } from "./measurements.ts";

const CHART = fileURLToPath(new URL("../../matching-growth.svg", import.meta.url));

export type GrowthSizes = {
  readonly tickets: readonly number[];
  /** Above it nobody waits for the naive search. */
  readonly naiveMax: number;
};

/** Measures and draws; answers the chart's text. */
export async function drawMeasuredGrowth(measure: Measure, { tickets: sizes, naiveMax }: GrowthSizes): Promise<string> {
  const ours: { tickets: number; ms: number }[] = [];
  const sorts: { tickets: number; ms: number }[] = [];
  const naives: { tickets: number; ms: number }[] = [];
  for (const tickets of sizes) {
    const cold = await measure("cold", { tickets, mix: "mix", runs: tickets > 300_000 ? 3 : 7 });
    ours.push({ tickets, ms: cold.best.wallMs });
    sorts.push({ tickets, ms: cold.radixSortMs });
    if (tickets > naiveMax) continue;
    naives.push({ tickets, ms: (await measure("naive", { tickets, mix: "mix", runs: 1 })).naiveMs });
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
