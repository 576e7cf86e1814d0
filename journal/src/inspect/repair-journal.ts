// A damaged journal made whole again: what is intact is written to a new one beside it, the damaged one is kept under another
// name, and what is lost is said. Nothing is changed in place.
import { open, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { MusterError } from "@muster/proto";
import { isDiskError } from "../disk/disk.ts";
import { examinePartition, type PartitionReport } from "./examine-partition.ts";
import { type InspectedJournal, inspectJournal } from "./inspected-journal.ts";
import { planRepair, type RepairPlan } from "./repair-plan.ts";
import { verifyJournal } from "./verify-journal.ts";
import { writeRepairedFiles } from "./write-repaired-files.ts";
import { writeRepairedSqlite } from "./write-repaired-sqlite.ts";

export type RepairOptions = {
  /** Go on although acknowledged records will be lost. */
  readonly acceptLoss: boolean;
  /** The wall clock: it tells fresh leases from old ones, and names the copy. */
  readonly wallMs: number;
};

export type RepairReport = {
  /** Sound: there was nothing to do. Loss: there is, and it takes `acceptLoss`. */
  readonly outcome: "sound" | "loss" | "repaired";
  readonly partitions: readonly RepairPlan[];
  /** Where the damaged journal is now. Undefined: where it was. */
  readonly copy: string | undefined;
};

/**
 * Repairs the journal at `path`.
 *
 * @throws {MusterError} PARTITION_OWNED while an owner's lease is fresh, JOURNAL_FULL without room for another one of its size,
 * JOURNAL_UNREADABLE if nothing can be kept that a service could start from.
 */
export async function repairJournal(path: string, { acceptLoss, wallMs }: RepairOptions): Promise<RepairReport> {
  const written = `${path}.repaired`;
  {
    await using journal = await inspectJournal(path);
    const reports: PartitionReport[] = [];
    for (const partition of journal.partitions) reports.push(await examinePartition(partition, wallMs));
    refuseHeld(path, reports);
    if (reports.every(({ problems }) => problems.length === 0)) {
      return { outcome: "sound", partitions: [], copy: undefined };
    }
    const plans: RepairPlan[] = [];
    for (const [index, partition] of journal.partitions.entries()) {
      const report = reports[index];
      if (report) plans.push(await planRepair(partition, report));
    }
    refuseHopeless(path, plans);
    const isLoss = plans.some(({ lost }) => lost.some(({ acknowledged }) => acknowledged));
    if (isLoss && !acceptLoss) return { outcome: "loss", partitions: plans, copy: undefined };
    await write(journal, plans, written);
    const copy = await swap(journal, { written, wallMs });
    return { outcome: "repaired", partitions: plans, copy };
  }
}

function refuseHeld(path: string, reports: readonly PartitionReport[]): void {
  for (const { name, heldBy } of reports) {
    if (heldBy === undefined) continue;
    throw new MusterError(
      "PARTITION_OWNED",
      `Cannot repair ${path} as ${name} is in use: stop ${heldBy} first, or wait until its lease has run out`,
      { metadata: { owner: heldBy } },
    );
  }
}

function refuseHopeless(path: string, plans: readonly RepairPlan[]): void {
  for (const { name, hopeless } of plans) {
    if (hopeless === undefined) continue;
    throw new MusterError("JOURNAL_UNREADABLE", `Cannot repair ${name} of ${path} as ${hopeless}: take a backup`, {
      metadata: { path, partition: name },
    });
  }
}

async function write(journal: InspectedJournal, plans: readonly RepairPlan[], written: string): Promise<void> {
  const { path, kind, partitions } = journal;
  await refuseWithoutRoom(journal);
  await remove(written); // Of a repair that did not come to its end.
  const parts = partitions.flatMap((partition, index) => {
    const plan = plans[index];
    return plan ? [{ partition, plan }] : [];
  });
  try {
    await (kind === "file" ? writeRepairedFiles(written, parts) : writeRepairedSqlite(written, parts));
  } catch (error) {
    await remove(written);
    throw isDiskError(error, "ENOSPC") ? noRoom(path) : error;
  }
  const { isSound, partitions: reports } = await verifyJournal(written, 0);
  if (isSound) return;
  const [why = "it is damaged"] = reports.flatMap(({ problems }) => problems);
  throw new MusterError("JOURNAL_UNREADABLE", `Cannot repair ${path} as what was written of it cannot be read: ${why}`);
}

async function refuseWithoutRoom({ path, files }: InspectedJournal): Promise<void> {
  let needed = 0;
  for (const file of await files()) needed += (await stat(file)).size;
  const { bavail, bsize } = await statfs(dirname(path));
  if (bavail * bsize < needed) throw noRoom(path);
}

function noRoom(path: string): MusterError {
  return new MusterError("JOURNAL_FULL", `Cannot repair ${path} as there is no room for a second one beside it`);
}

/** The damaged journal gets another name, and the new one its name. */
async function swap(
  journal: InspectedJournal,
  { written, wallMs }: { written: string; wallMs: number },
): Promise<string> {
  const { path } = journal;
  const stamp = new Date(wallMs).toISOString().replaceAll(/[:.]/g, "-");
  const copy = `${path}.before-repair-${stamp}`;
  await journal[Symbol.asyncDispose]();
  for (const beside of journal.beside) {
    if (await isThere(path + beside)) await rename(path + beside, copy + beside);
  }
  for (const beside of journal.beside) {
    if (await isThere(written + beside)) await rename(written + beside, path + beside);
  }
  await syncFolder(dirname(path));
  return copy;
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

async function remove(written: string): Promise<void> {
  for (const beside of ["", "-wal", "-shm", "-mark"]) await rm(written + beside, { recursive: true, force: true });
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return; // A folder cannot be opened there, and its entries are journaled.
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
