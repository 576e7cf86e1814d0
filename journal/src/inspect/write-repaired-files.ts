// What is kept of damaged files, as a new folder of files: one segment, one snapshot, one owner who has given it back.
import { openNodeDisk } from "../disk/node-disk.ts";
import { claimEpoch } from "../file/epoch-file.ts";
import { draftName } from "../file/file-names.ts";
import { checkMarker } from "../file/folder-marker.ts";
import { encodeFrame } from "../file/frame.ts";
import type { PartitionPlace } from "../file/layout.ts";
import { beginSegment } from "../file/segment-writer.ts";
import { beginSnapshot, nextSnapshotName } from "../file/snapshot-file.ts";
import type { InspectedPartition } from "./inspected-journal.ts";
import type { RepairPlan } from "./repair-plan.ts";

export type RepairedPart = { readonly partition: InspectedPartition; readonly plan: RepairPlan };

/** Who is said to have had the partition last. */
export const REPAIRER = "muster journal repair";

/** Writes all of it, durably. */
export async function writeRepairedFiles(path: string, parts: readonly RepairedPart[]): Promise<void> {
  const disk = openNodeDisk(path);
  await checkMarker(disk, path, { make: true });
  for (const part of parts) await writePartition({ disk, path, partition: part.plan.name }, part);
}

async function writePartition(place: PartitionPlace, { partition, plan }: RepairedPart): Promise<void> {
  const { disk, partition: name } = place;
  const epoch = partition.epoch + 1;
  const { timeMs, wallMs } = partition;
  const lease = { released: true, untilMs: 0, leaseMs: 0, timeMs, wallMs };
  await using claim = await claimEpoch(disk, { partition: name, epoch, owner: REPAIRER }, lease);
  const { firstKept, lastKept, previousHash } = plan;
  const header = { epoch, firstSequence: firstKept, previousHash, previousTimeMs: timeMs };
  await using segment = await beginSegment(place, header, plan.cursors);
  for await (const page of partition.readPages(firstKept)) {
    const records = page.filter(({ record }) => record.sequence <= lastKept);
    const [first] = records;
    if (!first) break;
    const bytes = records.map((one) => one.bytes);
    const frame = { epoch, firstSequence: first.record.sequence, count: records.length, records: bytes, moves: [] };
    await segment.put(encodeFrame(frame));
    if (records.at(-1)?.record.sequence === lastKept) break;
  }
  if (plan.snapshotSequence !== undefined)
    await writeSnapshot(place, { partition, sequence: plan.snapshotSequence, epoch });
  await claim.noteMark({ sequence: lastKept, timeMs, wallMs });
  await claim.noteBase({ firstSequence: firstKept, previousHash: Buffer.from(previousHash).toString("hex") });
}

async function writeSnapshot(
  { disk, partition: name }: PartitionPlace,
  { partition, sequence, epoch }: { partition: InspectedPartition; sequence: number; epoch: number },
): Promise<void> {
  const final = nextSnapshotName(name, epoch, []);
  const draft = draftName(final, epoch);
  {
    await using snapshot = await beginSnapshot(disk, draft, { partition: name, epoch, sequence });
    for await (const chunk of (await partition.readSnapshot())?.chunks ?? []) await snapshot.add(chunk);
    await snapshot.finish();
  }
  await disk.rename(draft, final);
  await disk.syncNames();
}
