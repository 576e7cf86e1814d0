// How long a pool is left alone after a round that found nothing in it. Such pools stay and grow, every newcomer asks for
// another look, and a look at all of them is dear: without a rest a matcher would do little else, and answer nobody.

/** Rest in ms for each ms of a round in vain: searching in vain takes at most a quarter of the matcher's time. */
const REST_PER_MS = 3;
/** Longest rest in ms: who arrives meanwhile may be the one that everybody waits for. */
const REST_MS_MAX = 1_000;

/** Whole ms until the next round of the configuration may begin. A round that found something is followed up at once. */
export function restAfterMs(round: { readonly found: number; readonly tookMs: number }): number {
  if (round.found > 0) return 0;
  return Math.min(REST_MS_MAX, Math.round(REST_PER_MS * round.tookMs));
}
