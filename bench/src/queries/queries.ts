// The benchmark `queries`: pools of tickets with queries, matched in the best reading, beside the direct reading of its rules and
// a floor of bitmaps.
import { writeFileSync } from "node:fs";
import { type BestPool, createBestPool, findBestMatch, type QuerySettings, type QueryTicket } from "@muster/rules";
import { drawGrowth } from "../matching/growth-chart.ts";
import { bestOf, collectGarbage, startWatch, type Taken } from "../matching/stopwatch.ts";
import type { BenchOptions, Report } from "../report.ts";
import { createBitmapFloor } from "./bitmap-floor.ts";
import { type PoolKind, readTickets, writtenTickets } from "./query-pools.ts";

const CHART = new URL("../../queries-growth.svg", import.meta.url);
const settings: QuerySettings = {
  ...{ intervalMs: 15_000, maxIntervals: 2, reversePrecision: true, reverseThreshold: 0 },
  ...{ maxTicketsPerPlayer: 3, onMatched: "cancelOthers", mode: "best" },
};
/** After everybody came, and before anybody has waited long. */
const NOW_MS = 0;
const ADDS = 20_000;

/**
 * Figures, ms from a full pool to the last match that it has, the least of several runs: `mutual…` tickets of one player for matches
 * of four by region, mode and a range of ranks, all of whom have to accept one another (to reach: 4,000 ≤ 20 ms, 100,000 ≤ 300 ms,
 * 1,000,000 ≤ 3 s); `unique10kMs` the same where every query is another one (≤ 1 s); `star100kMs` where all take all (≤ 100 ms).
 * `addUs`: one more ticket, its query read, in pools of 1,000 and of 100,000 (≤ 10 µs). `oracle1kMs`: the direct reading, beside
 * `mutual1kMs`. `bitmap…Ms`: only who finds whom. Ratios: ours ÷ the bitmaps, and ÷ the direct reading.
 */
export async function run({ only, chart = false }: BenchOptions): Promise<Report> {
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  const points: { tickets: number; ms: number }[] = [];
  const floors: { tickets: number; ms: number }[] = [];
  const measureMutual = (name: string, tickets: number, times: number) => {
    const written = writtenTickets("mutual", tickets);
    const ours = matchTime(readTickets(written), times);
    figures[`mutual${name}Ms`] = ours.wallMs;
    points.push({ tickets, ms: ours.userMs });
    const floor = createBitmapFloor(written);
    const bitmaps = bestOf(Math.min(times, 3), floor);
    figures[`bitmap${name}Ms`] = bitmaps.wallMs;
    ratios[`mutual${name}`] = ours.wallMs / bitmaps.wallMs;
    floors.push({ tickets, ms: bitmaps.userMs });
  };
  if (only === undefined || only === "mutual") {
    measureMutual("1k", 1_000, 20);
    measureMutual("4k", 4_000, 20);
    measureMutual("10k", 10_000, 10);
    measureMutual("100k", 100_000, 5);
    measureMutual("1m", 1_000_000, 2);
  }
  if (only === undefined || only === "oracle") {
    const tickets = readTickets(writtenTickets("mutual", 1_000));
    const ours = matchTime(tickets, 10).wallMs;
    figures.oracle1kMs = bestOf(2, () => oracleMatches(tickets)).wallMs;
    ratios.oracle1k = ours / figures.oracle1kMs;
  }
  if (only === undefined || only === "add") {
    figures.add1kUs = addUs(1_000);
    figures.addUs = addUs(100_000);
  }
  const kinds: readonly (readonly [string, PoolKind, number])[] = [
    ["unique10kMs", "unique", 10_000],
    ["star100kMs", "star", 100_000],
  ];
  for (const [name, kind, tickets] of kinds) {
    if (only === undefined || only === kind)
      figures[name] = matchTime(readTickets(writtenTickets(kind, tickets)), 3).wallMs;
  }
  if (chart) {
    const lines = [
      { name: "Muster", points },
      { name: "bitmaps: who finds whom", points: floors },
    ];
    writeFileSync(CHART, drawGrowth({ title: "Matching tickets by mutual queries", lines }));
  }
  return { name: "queries", figures, ratios };
}

function fullPool(tickets: readonly QueryTicket[]): BestPool {
  const pool = createBestPool(settings);
  for (const ticket of tickets) pool.add(ticket);
  return pool;
}

/** The least times in which all matches of the pool are found. */
function matchTime(tickets: readonly QueryTicket[], times: number): Taken {
  const least = { wallMs: Number.POSITIVE_INFINITY, userMs: Number.POSITIVE_INFINITY };
  for (let round = 0; round < times; round += 1) {
    const pool = fullPool(tickets);
    collectGarbage();
    const watch = startWatch();
    while (pool.takeMatch(NOW_MS));
    const { wallMs, userMs } = watch();
    least.wallMs = Math.min(least.wallMs, wallMs);
    least.userMs = Math.min(least.userMs, userMs);
  }
  return least;
}

function oracleMatches(tickets: readonly QueryTicket[]): number {
  let pool = tickets;
  let matches = 0;
  for (let match = findBestMatch(pool, { settings, nowMs: NOW_MS }); match; ) {
    const taken = new Set(match);
    pool = pool.filter((ticket) => !taken.has(ticket));
    matches += 1;
    match = findBestMatch(pool, { settings, nowMs: NOW_MS });
  }
  return matches;
}

/** What one more ticket costs a pool of `tickets`, from what was asked for to its place in the pool. */
function addUs(tickets: number): number {
  const written = writtenTickets("mutual", tickets + ADDS);
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round += 1) {
    const pool = fullPool(readTickets(written.slice(0, tickets)));
    collectGarbage();
    const watch = startWatch();
    for (const ticket of readTickets(written.slice(tickets))) pool.add(ticket);
    least = Math.min(least, watch().wallMs);
  }
  return (least * 1_000) / ADDS;
}
