// The load of one block: so many calls, so many of them in flight at any time, each timed from its start to its answer.

export type Block = {
  readonly perSecond: number;
  /** One for each call, in ms. */
  readonly latenciesMs: readonly number[];
};

export type Load = {
  readonly calls: number;
  /** Calls under way at once. 1: one after the other. */
  readonly inFlight: number;
};

/** Makes the calls; rejects with the first that fails, since a benchmark of refusals measures nothing. */
export async function runLoad({ calls, inFlight }: Load, call: (index: number) => Promise<unknown>): Promise<Block> {
  const latenciesMs: number[] = [];
  let next = 0;
  const work = async () => {
    while (next < calls) {
      const index = next;
      next += 1;
      const startedMs = performance.now();
      await call(index);
      latenciesMs.push(performance.now() - startedMs);
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: inFlight }, work));
  return { perSecond: (calls / (performance.now() - startedMs)) * 1_000, latenciesMs };
}
