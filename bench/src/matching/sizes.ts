// How much of everything the benchmark takes. Names of figures speak of the full sizes.
export type Sizes = {
  readonly tickets100k: number;
  readonly tickets1m: number;
  /** Measured runs of a cold pool: the best counts. */
  readonly coldRuns: number;
  /** Tickets of the naive search. */
  readonly naive: number;
  /** Tickets of the pool that the judge searches. */
  readonly oracle: number;
};

export const fullSizes: Sizes = {
  tickets100k: 100_000,
  tickets1m: 1_000_000,
  coldRuns: 5,
  naive: 30_000,
  oracle: 500,
};

/** For tests: everything runs, nothing is measured well. */
export const tinySizes: Sizes = {
  tickets100k: 300,
  tickets1m: 600,
  coldRuns: 1,
  naive: 100,
  oracle: 60,
};
