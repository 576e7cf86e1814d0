// Where a match of a simulation is played: fleets rank destinations by the players' average latency, and so does this.

type Measured = { readonly latenciesMs: Readonly<Record<string, number>> };

/**
 * The region with the lowest average latency among `suiting` (empty: all) that all who measured anything have measured; by
 * name among equals. "" if there is none.
 */
export function bestRegion(players: readonly Measured[], suiting: readonly string[]): string {
  const measured = players.map(({ latenciesMs }) => latenciesMs).filter((one) => Object.keys(one).length > 0);
  const [first = {}] = measured;
  const regions = (suiting.length > 0 ? suiting : Object.keys(first)).filter((region) =>
    measured.every((latencies) => Object.hasOwn(latencies, region)),
  );
  const total = (region: string) => measured.reduce((sum, latencies) => sum + (latencies[region] ?? 0), 0);
  const ranked = regions.toSorted((one, other) => total(one) - total(other) || (one < other ? -1 : 1));
  return ranked[0] ?? suiting[0] ?? "";
}
