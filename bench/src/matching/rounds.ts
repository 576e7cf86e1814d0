// Rounds on a deep standing pool: a thousand arrive, whoever can be matched is matched, a million wait on; and rounds in which
// nothing has changed.
import { median, percentile } from "../rpc/statistics.ts";
import { radixSort, sortKeysOf } from "./radix-sort.ts";
import { createStandingPool } from "./standing-pool.ts";
import { bestOf, collectGarbage, startWatch } from "./stopwatch.ts";

export type RoundsTask = {
  readonly waiting: number;
  readonly arrivals: number;
  readonly rounds: number;
  /** Rounds before the measured ones. */
  readonly warmUps: number;
};

export type RoundsFigures = {
  /** In the middle of the measured rounds. */
  readonly waiting: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** The 99th percentile of the user time of the process, drawing the arrivals not included. */
  readonly p99UserMs: number;
  /** The longest that one call of the engine held the thread. */
  readonly worstTurnMs: number;
  readonly matchesPerRound: number;
  readonly idleRoundUs: number;
  /** Sorting as many keys as tickets arrive in a round. */
  readonly radixSortMs: number;
};

const IDLE_ROUNDS = 100;
const IDLE_SAMPLES = 101;

export function measureRounds({ waiting, arrivals, rounds, warmUps }: RoundsTask): RoundsFigures {
  const { pool, drawArrivals } = createStandingPool({ waiting, seed: 11 });
  collectGarbage();
  const wallMs: number[] = [];
  const userMs: number[] = [];
  let [matches, worstTurnMs, waitingMidway] = [0, 0, 0];
  for (let round = 0; round < warmUps + rounds; round += 1) {
    const searches = drawArrivals(arrivals);
    const watch = startWatch();
    pool.add(searches);
    const formation = pool.formAll();
    const taken = watch();
    if (round < warmUps) continue;
    wallMs.push(taken.wallMs);
    userMs.push(taken.userMs);
    matches += formation.matches;
    worstTurnMs = Math.max(worstTurnMs, formation.worstTurnMs);
    if (round === warmUps + (rounds >> 1)) waitingMidway = pool.waiting.size;
  }
  const keys = sortKeysOf(drawArrivals(arrivals).map(({ ticket }) => ticket));
  for (let run = 0; run < 200; run += 1) radixSort(keys);
  return {
    waiting: waitingMidway,
    p50Ms: percentile(wallMs, 0.5),
    p99Ms: percentile(wallMs, 0.99),
    maxMs: Math.max(...wallMs),
    p99UserMs: percentile(userMs, 0.99),
    worstTurnMs,
    matchesPerRound: matches / rounds,
    idleRoundUs: measureIdle(() => pool.formAll()),
    radixSortMs: bestOf(9, () => radixSort(keys)).wallMs,
  };
}

/** µs of one round in which nothing has changed: the median of samples of a hundred each. */
function measureIdle(round: () => unknown): number {
  const samples = Array.from({ length: IDLE_SAMPLES }, () => {
    const startedMs = performance.now();
    for (let index = 0; index < IDLE_ROUNDS; index += 1) round();
    return ((performance.now() - startedMs) / IDLE_ROUNDS) * 1_000;
  });
  return median(samples);
}
