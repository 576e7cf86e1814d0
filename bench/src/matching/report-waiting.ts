// Many who wait: rounds over them, backfills, memory, and restarts.
import { STEPS_PER_ROUND } from "@muster/matcher/testing";
import type { Measure } from "./measurements.ts";
import type { Part } from "./report-cold.ts";
import { measureRestart } from "./restart.ts";
import type { Sizes } from "./sizes.ts";

export async function reportRounds(measure: Measure, { tickets1m, rounds }: Sizes): Promise<Part> {
  const found = await measure("rounds", { waiting: tickets1m, ...rounds });
  return {
    figures: {
      roundP99Ms: found.p99Ms,
      roundP50Ms: found.p50Ms,
      roundMaxMs: found.maxMs,
      roundP99UserMs: found.p99UserMs,
      roundWorstTurnMs: found.worstTurnMs,
      roundMatches: found.matchesPerRound,
      roundWaiting: found.waiting,
      idleRoundUs: found.idleRoundUs,
      stepsPerTurn: STEPS_PER_ROUND,
    },
    ratios: { roundP99ToRadixSort: found.p99Ms / found.radixSortMs },
  };
}

export async function reportExplanations(measure: Measure, { tickets1m, explained }: Sizes): Promise<Part> {
  const dense = await measure("explain", { ruleSet: "pool", waiting: tickets1m, explained });
  const thin = await measure("explain", { ruleSet: "standing", waiting: tickets1m, explained });
  return {
    figures: {
      explain1mMs: dense.p50Ms,
      explain1mP99Ms: dense.p99Ms,
      explain1mUserMs: dense.userMs,
      explain1mThinMs: thin.p50Ms,
      explain1mThinP99Ms: thin.p99Ms,
      explain1mThinUserMs: thin.userMs,
    },
    ratios: { explain1mToRadixSort: dense.p50Ms / dense.radixSortMs },
  };
}

export async function reportBackfills(measure: Measure, { tickets1m, battles }: Sizes): Promise<Part> {
  const found = await measure("backfills", { waiting: tickets1m, battles });
  return {
    figures: {
      backfill100kMs: found.again.wallMs,
      backfill100kUserMs: found.again.userMs,
      backfill100kFilled: found.filled,
      backfill100kChangedMs: found.changed.wallMs,
      backfill100kChangedUserMs: found.changed.userMs,
      backfill100kChangedFilled: found.changedFilled,
    },
    ratios: { backfill100kToRadixSort: found.again.wallMs / found.radixSortMs },
  };
}

/** Of one ticket's key and row in a radix sort. */
const SORT_BYTES = 8;

export async function reportMemory(measure: Measure, { memory }: Sizes): Promise<Part> {
  const totalOf = async (mix: "solo" | "mix" | "fives") => {
    const { columnBytes, heapBytes } = await measure("memory", { tickets: memory, mix });
    return columnBytes + heapBytes;
  };
  const [solo, fives, mixed] = [await totalOf("solo"), await totalOf("fives"), await totalOf("mix")];
  const bytesPerPlayer = (fives - solo) / 4;
  const bytesPerTicket = solo - bytesPerPlayer;
  return {
    figures: { bytesPerTicket, bytesPerPlayer, bytesPerTicketOfMix: mixed },
    ratios: { bytesPerTicketToSort: bytesPerTicket / SORT_BYTES },
  };
}

const PAYLOAD_BYTES = 400;
const MB = 2 ** 20;

export async function reportRestarts(measure: Measure, { tickets100k, tickets1m, starts }: Sizes): Promise<Part> {
  const restartOf = async (waiting: number) =>
    await measureRestart(
      { waiting, payloadBytes: PAYLOAD_BYTES },
      { starts, makeJournal: async (task) => await measure("waitingJournal", task) },
    );
  const at100k = await restartOf(tickets100k);
  const at1m = await restartOf(tickets1m);
  return {
    figures: {
      restart100kMs: at100k.restartMs,
      restart100kUserMs: at100k.userMs,
      restart1mMs: at1m.restartMs,
      restart1mUserMs: at1m.userMs,
      restart1mServingMs: at1m.matcher.servingMs,
      readJournal100kMs: at100k.readingMs,
      readJournal1mMs: at1m.readingMs,
      rss1mMb: at1m.matcher.rssBytes / MB,
      rss1mUncollectedMb: at1m.matcher.uncollectedRssBytes / MB,
      rss1mPeakMb: at1m.matcher.peakRssBytes / MB,
    },
    ratios: {
      restart100kToReading: at100k.restartMs / at100k.readingMs,
      restart1mToReading: at1m.restartMs / at1m.readingMs,
      rss1mToPayload: at1m.matcher.rssBytes / (tickets1m * PAYLOAD_BYTES),
    },
  };
}
