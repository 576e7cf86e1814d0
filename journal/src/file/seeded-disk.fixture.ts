// A simulated disk whose operations take a random number of turns of the promise queue, so that everything that runs at the
// same time interleaves anew for each seed, without a clock and therefore fast.
import { createSeededRandom, type Random } from "@muster/kit";
import { test } from "vitest";
import { createSimulatedDisk, type DiskOperation, type SimulatedDisk } from "../disk/simulated-disk.ts";
import { type FileJournalOptions, openFileJournal } from "../file-journal.ts";
import type { Journal } from "../journal.ts";

export type SeededDisk = {
  readonly disk: SimulatedDisk;
  readonly random: Random;
  /** Called before each operation takes effect. */
  onOperation: (operation: DiskOperation) => void;
  /** A journal of another process on the same disk, and how that process is killed. */
  open(): { readonly journal: Journal; readonly kill: () => void };
};

/** An empty disk, or one with `files`. */
export function createSeededDisk(
  seed: number,
  options: { readonly files?: ReadonlyMap<string, Uint8Array>; readonly segmentBytes?: number } = {},
): SeededDisk {
  const random = createSeededRandom(seed);
  const { files = new Map<string, Uint8Array>(), segmentBytes = 3_000 } = options;
  const sleep = async () => {
    // Now and then as long as everything that a successor does takes: the process was paused.
    const turnsMax = random.fraction() < 0.03 ? 600 : 6;
    for (let turns = below(random, turnsMax); turns > 0; turns -= 1) await undefined;
  };
  const delayMs = (operation: DiskOperation) => {
    seeded.onOperation(operation);
    return 1;
  };
  const disk = createSimulatedDisk({ random, files, clock: { sleep }, delayMs });
  const settings: FileJournalOptions = { segmentBytes, clock: { wallMs: () => 1 } };
  const seeded: SeededDisk = {
    disk,
    random,
    onOperation: () => undefined,
    open() {
      const mounted = disk.mount();
      return { journal: openFileJournal("simulated", { ...settings, disk: mounted }), kill: mounted.kill };
    },
  };
  return seeded;
}

/** A test that runs for so many seeds, or as many as SEEDS says, or for SEED alone. A failure names its seed. */
export function testSeeds(name: string, seeds: number, run: (seeded: SeededDisk) => Promise<void>): void {
  const { SEED, SEEDS = seeds } = process.env;
  const first = Number(SEED ?? 1);
  const last = SEED === undefined ? Number(SEEDS) : first;
  test(name, { timeout: 60_000 + 1_000 * (last - first) }, async () => {
    for (let seed = first; seed <= last; seed += 1) {
      try {
        await run(createSeededDisk(seed));
      } catch (cause) {
        throw new Error(`Broken with SEED=${seed}: ${cause instanceof Error ? cause.message : cause}`, { cause });
      }
    }
  });
}

/** A whole number from 0 to `limit` - 1. */
export function below(random: Random, limit: number): number {
  return Math.floor(random.fraction() * limit);
}

/** A body that nobody else writes, of any length, with long runs of zeros now and then. */
export function drawBody(random: Random, name: string): Uint8Array {
  const head = Buffer.from(`${name} `);
  const length = random.fraction() < 0.5 ? below(random, 40) : below(random, 2_000);
  const filling = Buffer.alloc(length, random.fraction() < 0.3 ? 0 : name);
  return Buffer.concat([head, filling]);
}
