// The benchmark `matching`: what it costs to form matches, from a cold pool to a million who wait, beside floors of the same
// run and the same tickets. bench/README.md tells what each figure means.
import type { BenchOptions, Report } from "../report.ts";
import { drawMeasuredGrowth, writeGrowthChart } from "./growth.ts";
import { measureInProcess } from "./measure-in-process.ts";
import type { Measure } from "./measurements.ts";
import { type Part, reportCold, reportHardCases, reportOptimum } from "./report-cold.ts";
import { reportBackfills, reportExplanations, reportMemory, reportRestarts, reportRounds } from "./report-waiting.ts";
import { fullSizes, type Sizes } from "./sizes.ts";

const parts: Readonly<Record<string, (measure: Measure, sizes: Sizes) => Promise<Part>>> = {
  cold: reportCold,
  optimum: reportOptimum,
  rounds: reportRounds,
  backfills: reportBackfills,
  explain: reportExplanations,
  memory: reportMemory,
  restarts: reportRestarts,
  hard: reportHardCases,
};

/** Everything, or the part of the name in `only`; with `chart` also how the cost grows, drawn anew. */
export async function run({ only, chart = false }: BenchOptions): Promise<Report> {
  if (only !== undefined && !Object.hasOwn(parts, only)) {
    throw new RangeError(`Cannot measure ${only} as the parts are ${Object.keys(parts).join(", ")}`);
  }
  const report = await runWith(measureInProcess, fullSizes, only);
  if (chart) await writeGrowthChart(await drawMeasuredGrowth(measureInProcess, fullSizes.growth));
  return report;
}

/** As `run`, with other sizes, or in this process: for tests. */
export async function runWith(measure: Measure, sizes: Sizes, only?: string): Promise<Report> {
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  for (const [name, report] of Object.entries(parts)) {
    if (only !== undefined && name !== only) continue;
    const part = await report(measure, sizes);
    Object.assign(figures, part.figures);
    Object.assign(ratios, part.ratios);
  }
  return { name: "matching", figures, ratios };
}
