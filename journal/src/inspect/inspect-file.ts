// The files of a journal's folder, looked at.
import { join } from "node:path";
import { MusterError } from "@muster/proto";
import type { Disk } from "../disk/disk.ts";
import { openNodeDisk } from "../disk/node-disk.ts";
import { listPartitions } from "../file/file-names.ts";
import { checkMarker } from "../file/folder-marker.ts";
import { type Layout, type PartitionPlace, readLayout } from "../file/layout.ts";
import { readPages } from "../file/read-records.ts";
import { readTail } from "../file/read-tail.ts";
import { openSegment } from "../file/segment.ts";
import { openSnapshot } from "../file/snapshot-file.ts";
import type { StoredSnapshot } from "../journal.ts";
import { isOwnerGone } from "../owner.ts";
import type { InspectedJournal, InspectedPartition } from "./inspected-journal.ts";

/** @throws {MusterError} JOURNAL_UNREADABLE if the folder is foreign or of a newer build. */
export async function inspectFileJournal(path: string): Promise<InspectedJournal> {
  const disk = openNodeDisk(path, { readOnly: true });
  await checkMarker(disk, path, { make: false });
  const partitions: InspectedPartition[] = [];
  for (const partition of listPartitions(await disk.list())) partitions.push(await inspect({ disk, path, partition }));
  return {
    ...{ kind: "file", path, partitions, beside: [""] },
    files: async () => (await disk.list()).map((name) => join(path, name)),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function inspect(place: PartitionPlace): Promise<InspectedPartition> {
  const problems: string[] = [];
  const layout = await readWithoutGaps(place, (error) => problems.push(error.message));
  const { claim, lease } = layout.claims.at(-1) ?? {};
  const isHeld = claim && lease && !lease.released && !isOwnerGone(claim.owner);
  return {
    name: place.partition,
    epoch: layout.epoch,
    holder: isHeld ? { owner: claim.owner, untilMs: lease.untilMs } : undefined,
    firstSequence: layout.base.firstSequence,
    previousHash: layout.base.previousHash,
    acknowledgedSequence: layout.markSequence,
    ...layout.noted,
    problems,
    // What is wrong with the layout was told above.
    readPages: (fromSequence) =>
      readPages(place, { fromSequence, readLayout: (one) => readWithoutGaps(one, () => undefined) }),
    readSnapshot: () => readSnapshot(place.disk, place, layout),
    readCursors: async () => (await readTail(place, layout, { sync: false })).cursors,
  };
}

/** The layout, in spite of what is wrong with it: records then start where the first file does that is there. */
async function readWithoutGaps(place: PartitionPlace, onProblem: (error: MusterError) => void): Promise<Layout> {
  const layout = await readLayout(place, onProblem);
  const [first] = layout.segments;
  if (!first || first.firstSequence <= layout.base.firstSequence) return layout;
  try {
    await using opened = await openSegment(place, first);
    if (!opened) return layout;
    const { firstSequence, previousHash } = opened.header;
    return { ...layout, base: { firstSequence, previousHash } };
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return layout; // Whoever reads the records will be told.
  }
}

async function readSnapshot(
  disk: Disk,
  { path, partition }: PartitionPlace,
  { snapshot }: Layout,
): Promise<StoredSnapshot | undefined> {
  if (!snapshot) return undefined;
  const opened = await openSnapshot(disk, path, { ...snapshot, partition });
  return { sequence: opened.head.sequence, chunks: opened.chunks() };
}
