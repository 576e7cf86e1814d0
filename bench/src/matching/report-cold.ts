// Cold pools: what they cost beside their floors, how many of the possible matches are formed, and the hard cases.
import type { Report } from "../report.ts";
import type { HardCaseTask } from "./hard-cases.ts";
import type { Measure } from "./measurements.ts";
import type { Sizes } from "./sizes.ts";

export type Part = Pick<Report, "figures" | "ratios">;

const TICKETS_1M = 1_000_000;

export async function reportCold(measure: Measure, sizes: Sizes): Promise<Part> {
  const { coldRuns: runs, naive } = sizes;
  const at100k = await measure("cold", { tickets: sizes.tickets100k, mix: "mix", runs });
  const at1m = await measure("cold", { tickets: sizes.tickets1m, mix: "mix", runs });
  const hard = await measure("cold", { tickets: sizes.tickets100k, mix: "hard", runs });
  const solo = await measure("cold", { tickets: sizes.tickets100k, mix: "solo", runs });
  const small = await measure("naive", { tickets: naive.small, mix: "mix", runs: 3 });
  const large = await measure("naive", { tickets: naive.large, mix: "mix", runs: 3 });
  const exponent = Math.log(large.naiveMs / small.naiveMs) / Math.log(naive.large / naive.small);
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
      naive30kMs: small.naiveMs,
      naive100kMs: large.naiveMs,
      naive1mExtrapolatedMs: large.naiveMs * (TICKETS_1M / naive.large) ** exponent,
      coldSmallMs: oracle.engineMs,
      coldSmallMatches: oracle.engineMatches,
      oracleSmallMs: oracle.oracleMs,
      oracleSmallMatches: oracle.oracleMatches,
    },
    ratios: {
      cold100kToRadixSort: at100k.best.wallMs / at100k.radixSortMs,
      cold1mToRadixSort: at1m.best.wallMs / at1m.radixSortMs,
      cold100kToNaive: at100k.best.wallMs / large.naiveMs,
      coldSmallToOracle: oracle.engineMs / oracle.oracleMs,
    },
  };
}

/** Several pools of each kind: a small one is a matter of chance. */
const SEEDS = [7, 8, 9];

export async function reportOptimum(measure: Measure, { tickets10k, tickets100k }: Sizes): Promise<Part> {
  const shareOf = async (tickets: number, mix: "solo" | "mix" | "hard") => {
    let [matches, most] = [0, 0];
    for (const seed of SEEDS) {
      const found = await measure("optimum", { tickets, mix, seed });
      matches += found.matches;
      most += found.most;
    }
    return most === 0 ? 1 : matches / most;
  };
  return {
    figures: {
      optimal100k: await shareOf(tickets100k, "solo"),
      optimal10k: await shareOf(tickets10k, "solo"),
      ofBound100kMix: await shareOf(tickets100k, "mix"),
      ofBound10kMix: await shareOf(tickets10k, "mix"),
      ofBound100kHard: await shareOf(tickets100k, "hard"),
      ofBound10kHard: await shareOf(tickets10k, "hard"),
    },
    ratios: {},
  };
}

export async function reportHardCases(measure: Measure, { tickets100k, hard }: Sizes): Promise<Part> {
  const { limitMs } = hard;
  const pool = { pools: 1, limitMs };
  const cases: Readonly<Record<string, HardCaseTask>> = {
    hardAverages: { ...pool, ruleSet: "averages", mix: "mix", count: hard.averages },
    hardIndexedAverages: { ...pool, ruleSet: "indexedAverages", mix: "mix", count: hard.latency },
    hardLatency: { ...pool, ruleSet: "latency", mix: "mix", count: hard.latency, latencies: 16 },
    hardTinyDense: { ...pool, ruleSet: "averages", mix: "mix", count: 40, pools: hard.tinyPools },
    hardThrees: { ...pool, ruleSet: "pool", mix: "threes", count: tickets100k },
    hard50v50Solo: { ...pool, ruleSet: "large", mix: "solo", count: tickets100k },
    hard50v50Mix: { ...pool, ruleSet: "large", mix: "mix", count: tickets100k },
  };
  const figures: Record<string, number> = {};
  for (const [name, task] of Object.entries(cases)) {
    const found = await measure("hardCase", task);
    figures[`${name}TicketsPerSecond`] = found.ticketsPerSecond;
    figures[`${name}Matches`] = found.matches;
    figures[`${name}WorstTurnMs`] = found.worstTurnMs;
    figures[`${name}GivenUp`] = found.isDone ? 0 : 1;
  }
  return { figures, ratios: {} };
}
