// What a benchmark makes of its samples. Ratios are taken round by round and then their median: whatever slows the machine
// for a while slows both sides of one round, and a bad round does not move the median.

/** The smallest sample that `share` (0..1) of all samples do not exceed. NaN without samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = Float64Array.from(samples).sort();
  const rank = Math.ceil(share * sorted.length);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1] ?? Number.NaN;
}

/** The middle of the values, or the mean of the two in the middle. NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  if (sorted.length % 2 === 1) return upper;
  return ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The median over the rounds of `numerator ÷ denominator` of one round. */
export function medianRatio<Round>(
  rounds: readonly Round[],
  numerator: (round: Round) => number,
  denominator: (round: Round) => number,
): number {
  return median(rounds.map((round) => numerator(round) / denominator(round)));
}
