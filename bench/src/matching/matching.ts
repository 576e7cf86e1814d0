// The benchmark `matching`: what it costs to form matches, from a cold pool to a million who wait, beside floors of the same
// run and the same tickets. bench/README.md tells what each figure means.
import type { Report } from "../report.ts";
import { measureInProcess } from "./measure-in-process.ts";
import type { Measure } from "./measurements.ts";
import { fullSizes, type Sizes } from "./sizes.ts";

export async function run(): Promise<Report> {
  return await runWith(measureInProcess, fullSizes);
}

/** As `run`, with other sizes, or in this process: for tests. */
export async function runWith(measure: Measure, sizes: Sizes): Promise<Report> {
  const cold = await reportCold(measure, sizes);
  return { name: "matching", ...mergeParts([cold]) };
}

type Part = Pick<Report, "figures" | "ratios">;

function mergeParts(parts: readonly Part[]): Part {
  return {
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)),
    ratios: Object.assign({}, ...parts.map(({ ratios }) => ratios)),
  };
}

async function reportCold(measure: Measure, sizes: Sizes): Promise<Part> {
  const { coldRuns: runs } = sizes;
  const at100k = await measure("cold", { tickets: sizes.tickets100k, mix: "mix", runs });
  const at1m = await measure("cold", { tickets: sizes.tickets1m, mix: "mix", runs });
  const hard = await measure("cold", { tickets: sizes.tickets100k, mix: "hard", runs });
  const solo = await measure("cold", { tickets: sizes.tickets100k, mix: "solo", runs });
  const naive = await measure("naive", { tickets: sizes.naive, mix: "mix", runs: 3 });
  const oursAtNaive = await measure("cold", { tickets: sizes.naive, mix: "mix", runs });
  const oracle = await measure("oracle", { tickets: sizes.oracle, mix: "mix", runs: 3 });
  return {
    figures: {
      cold100kMs: at100k.best.wallMs,
      cold100kUserMs: at100k.best.userMs,
      cold100kAddMs: at100k.best.addMs,
      cold100kFormMs: at100k.best.formMs,
      cold100kFirstRunMs: at100k.first.wallMs,
      cold100kWorstTurnMs: at100k.worstTurnMs,
      cold100kMatches: at100k.best.matches,
      cold100kHardMs: hard.best.wallMs,
      cold100kSoloMs: solo.best.wallMs,
      cold1mMs: at1m.best.wallMs,
      cold1mUserMs: at1m.best.userMs,
      cold1mAddMs: at1m.best.addMs,
      cold1mFormMs: at1m.best.formMs,
      cold1mFirstRunMs: at1m.first.wallMs,
      cold1mWorstTurnMs: at1m.worstTurnMs,
      cold1mMatches: at1m.best.matches,
      radixSort100kMs: at100k.radixSortMs,
      radixSort1mMs: at1m.radixSortMs,
      naive30kMs: naive.naiveMs,
    },
    ratios: {
      cold100kToRadixSort: at100k.best.wallMs / at100k.radixSortMs,
      cold1mToRadixSort: at1m.best.wallMs / at1m.radixSortMs,
      cold30kToNaive: oursAtNaive.best.wallMs / naive.naiveMs,
      coldSmallToOracle: oracle.engineMs / oracle.oracleMs,
    },
  };
}
