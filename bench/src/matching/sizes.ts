// How much of everything the benchmark takes. Names of figures speak of the full sizes.
import type { GrowthSizes } from "./growth.ts";

export type Sizes = {
  readonly tickets10k: number;
  readonly tickets100k: number;
  readonly tickets1m: number;
  /** Measured runs of a cold pool: the best counts. */
  readonly coldRuns: number;
  /** Tickets of the naive search, and of the one from which its growth is known. */
  readonly naive: { readonly small: number; readonly large: number };
  /** Tickets of the pool that the judge searches. */
  readonly oracle: number;
  readonly rounds: { readonly arrivals: number; readonly rounds: number; readonly warmUps: number };
  readonly battles: number;
  readonly explained: number;
  readonly memory: number;
  readonly starts: number;
  readonly hard: {
    readonly averages: number;
    readonly latency: number;
    readonly tinyPools: number;
    readonly limitMs: number;
  };
  readonly growth: GrowthSizes;
};

export const fullSizes: Sizes = {
  tickets10k: 10_000,
  tickets100k: 100_000,
  tickets1m: 1_000_000,
  coldRuns: 5,
  naive: { small: 30_000, large: 100_000 },
  oracle: 500,
  rounds: { arrivals: 1_000, rounds: 400, warmUps: 50 },
  battles: 100_000,
  explained: 2_000,
  memory: 1_000_000,
  starts: 3,
  hard: { averages: 2_000, latency: 20_000, tinyPools: 100, limitMs: 20_000 },
  growth: { tickets: [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000], naiveMax: 100_000, runsMax: 60 },
};

/** For tests: everything runs, nothing is measured well. */
export const tinySizes: Sizes = {
  tickets10k: 200,
  tickets100k: 300,
  tickets1m: 600,
  coldRuns: 1,
  naive: { small: 50, large: 100 },
  oracle: 60,
  rounds: { arrivals: 20, rounds: 3, warmUps: 1 },
  battles: 50,
  explained: 5,
  memory: 1_000,
  starts: 1,
  hard: { averages: 30, latency: 60, tinyPools: 2, limitMs: 500 },
  growth: { tickets: [100, 1_000], naiveMax: 100, runsMax: 3 },
};
