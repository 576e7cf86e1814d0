// The benchmark `journal`: what an acknowledgement costs, alone and in a crowd, beside what the disk itself takes for the same
// bytes; and what a restart costs.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../report.ts";
import { median } from "../rpc/statistics.ts";
import { type AppendRun, measureAppends } from "./append-load.ts";
import { measureFdatasync } from "./fdatasync-floor.ts";
import { measureRestart } from "./restart.ts";

/** Runs of each load. Absolute figures are of the best run: what else the machine does only ever takes away. */
const ROUNDS = 5;
const LOADS = [
  { callers: 1, appends: 300 },
  { callers: 64, appends: 10_000 },
  { callers: 1_000, appends: 60_000 },
] as const;
const TICKETS = 10_000;

/**
 * Figures: appends a second and their 99th percentile with 1, 64 and 1,000 callers, each waiting for its own fact to be
 * durable; the restart of a matcher with 10,000 tickets, from its start to its first answer; what its files take after an
 * orderly stop, by ticket. Ratio: `toFdatasync`, appends a second of 1,000 callers ÷ those of the floor, which is one write
 * and one fdatasync for each of our writes and as large as the records in it, right after each run; the median of the runs.
 */
export async function run(): Promise<Report> {
  const [at1, at64, at1000] = [await measure(LOADS[0]), await measure(LOADS[1]), await measure(LOADS[2])];
  const restart = await inFolder((folder) => measureRestart(folder, { tickets: TICKETS, starts: ROUNDS }));
  return {
    name: "journal",
    figures: {
      appendsPerSecond1: at1.perSecond,
      appendsPerSecond64: at64.perSecond,
      appendsPerSecond1000: at1000.perSecond,
      appendP99Ms1: at1.p99Ms,
      appendP99Ms64: at64.p99Ms,
      appendP99Ms1000: at1000.p99Ms,
      restart10kMs: restart.restartMs,
      bytesPerTicketOnDisk: restart.bytesPerTicket,
    },
    ratios: { toFdatasync: at1000.toFloor },
  };
}

type Measured = { readonly perSecond: number; readonly p99Ms: number; readonly toFloor: number };

async function measure(load: { readonly callers: number; readonly appends: number }): Promise<Measured> {
  const runs: AppendRun[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await inFolder(async (folder) => {
      const ours = await measureAppends(folder, load);
      runs.push(ours);
      ratios.push(ours.perSecond / measureFdatasync(folder, ours));
    });
  }
  return {
    perSecond: Math.max(...runs.map(({ perSecond }) => perSecond)),
    p99Ms: Math.min(...runs.map(({ p99Ms }) => p99Ms)),
    toFloor: median(ratios),
  };
}

/** On the disk that holds temporary files: where that is memory, point TMPDIR at a real one. */
async function inFolder<Value>(work: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), "muster-bench-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
