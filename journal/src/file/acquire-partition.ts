// How a partition gets a new owner: the epoch is claimed first, then it is looked where the records end, then a segment is
// begun there. What an older owner writes from then on lies beyond the end, and it learns of the claim before it could
// acknowledge any of it.
import { MusterError } from "@muster/proto";
import { isDiskError } from "../disk/disk.ts";
import type { AcquireOptions, Ownership } from "../journal.ts";
import { isOwnerGone } from "../owner.ts";
import { type ClaimedEpoch, claimEpoch, type Lease } from "./epoch-file.ts";
import { createFence, type Fence } from "./fence.ts";
import { epochName } from "./file-names.ts";
import { createFrameQueue } from "./frame-queue.ts";
import { type Layout, type PartitionPlace, readLayout } from "./layout.ts";
import { createOwnedPartition, type OwnedPartition } from "./owned-partition.ts";
import { findTail } from "./read-tail.ts";
import { removeForGood, removeName } from "./remove-for-good.ts";
import { beginSegment } from "./segment-writer.ts";
import { openSnapshot } from "./snapshot-file.ts";
import { recordsMissing } from "./unreadable-folder.ts";

const LEASE_MS_DEFAULT = 10_000;

export type AcquireSettings = { readonly wallMs: () => number; readonly segmentBytes: number };

/**
 * Makes the asker the owner.
 *
 * @throws {MusterError} PARTITION_OWNED, JOURNAL_UNREADABLE; then the partition is as it was.
 */
export async function acquirePartition(
  place: PartitionPlace,
  asked: AcquireOptions,
  settings: AcquireSettings,
): Promise<{ readonly ownership: Ownership; readonly owned: OwnedPartition }> {
  const claimed = await claimNext(place, asked, settings);
  const { epoch, epochFile, lease } = claimed;
  const fence = createFence(place, epoch);
  let mayHaveSegment = false;
  const onSegment = () => {
    mayHaveSegment = true;
  };
  try {
    return await fence.guard(() => takeOver(place, { ...claimed, fence, onSegment }, settings));
  } catch (error) {
    await giveUp().catch(() => undefined); // The error that led here says more.
    await epochFile[Symbol.asyncDispose]();
    const isReplaced = error instanceof MusterError && error.reason === "EPOCH_STALE";
    throw isReplaced ? partitionOwned(place, "another process that took it over meanwhile") : error;
  }

  async function giveUp(): Promise<void> {
    // A segment cuts what older owners write from then on, so they must go on seeing that they are none.
    if (mayHaveSegment) await epochFile.noteLease({ ...lease, released: true });
    else await place.disk.remove(epochName(place.partition, epoch));
  }
}

type Claimed = { readonly epoch: number; readonly epochFile: ClaimedEpoch; readonly lease: Lease };
type Claiming = Claimed & {
  readonly fence: Fence;
  /** Called before the owner's segment is begun. */
  readonly onSegment: () => void;
};

async function claimNext(place: PartitionPlace, asked: AcquireOptions, settings: AcquireSettings): Promise<Claimed> {
  const { owner, takeOver = false, leaseMs = LEASE_MS_DEFAULT } = asked;
  for (;;) {
    const layout = await readLayout(place);
    const holder = takeOver ? undefined : findHolder(layout, owner, settings.wallMs());
    if (holder !== undefined) throw partitionOwned(place, holder);
    const epoch = layout.epoch + 1;
    const lease = { released: false, untilMs: settings.wallMs() + leaseMs, leaseMs, ...layout.noted };
    try {
      const epochFile = await claimEpoch(place.disk, { partition: place.partition, epoch, owner }, lease);
      return { epoch, epochFile, lease };
    } catch (error) {
      // Another one was faster.
      if (!isDiskError(error, "EEXIST")) throw error;
      if (!takeOver) throw partitionOwned(place, "another process that has just claimed it");
    }
  }
}

/** Who holds the partition with a fresh lease and may still live. */
function findHolder(layout: Layout, asker: string, wallMs: number): string | undefined {
  const { claim, lease } = layout.claims.at(-1) ?? {};
  if (!claim || !lease || lease.released || claim.owner === asker || isOwnerGone(claim.owner)) return undefined;
  const leftMs = lease.untilMs - wallMs;
  // One that runs longer than it ever could was written before the wall clock went back: it says nothing.
  return leftMs > 0 && leftMs <= lease.leaseMs ? claim.owner : undefined;
}

async function takeOver(place: PartitionPlace, claimed: Claiming, { wallMs, segmentBytes }: AcquireSettings) {
  const { epoch, epochFile, fence } = claimed;
  const { layout, tail } = await findTail(place, { sync: true });
  const snapshotSequence = await readSnapshotSequence(place, layout);
  refuseUnfitSnapshot(place, snapshotSequence, { ...layout.base, lastSequence: tail.sequence });
  const lastTimeMs = Math.max(tail.timeMs, layout.noted.timeMs);
  const header = { epoch, firstSequence: tail.sequence + 1, previousHash: tail.hash, previousTimeMs: lastTimeMs };
  claimed.onSegment();
  const writer = await beginSegment(place, header, tail.cursors);
  try {
    await epochFile.noteMark({ sequence: tail.sequence, timeMs: tail.timeMs, wallMs: layout.noted.wallMs });
    const previousHash = Buffer.from(layout.base.previousHash).toString("hex");
    await epochFile.noteBase({ firstSequence: layout.base.firstSequence, previousHash });
    await fence.check();
    await tidyUp(place, epoch);
    await fence.check();
  } catch (error) {
    await writer[Symbol.asyncDispose]();
    throw error; // The segment has no records: the next owner's makes it nothing.
  }
  const base = { firstSequence: layout.base.firstSequence };
  const queue = createFrameQueue({
    ...{ place, epoch, fence, epochFile, wallMs, segmentBytes, tail, writer },
    firstSequence: () => base.firstSequence,
  });
  const owned = createOwnedPartition({
    ...{ place, epoch, fence, epochFile, wallMs, segmentBytes, snapshotSequence, base, queue },
    lease: claimed.lease,
  });
  const ownership: Ownership = {
    epoch,
    firstSequence: base.firstSequence,
    lastSequence: tail.sequence,
    lastTimeMs,
    lastWallMs: layout.noted.wallMs,
  };
  return { ownership, owned };
}

async function readSnapshotSequence(place: PartitionPlace, { snapshot }: Layout): Promise<number | undefined> {
  if (!snapshot) return undefined;
  const { disk, path, partition } = place;
  await using opened = await openSnapshot(disk, path, { ...snapshot, partition });
  return opened.head.sequence;
}

function refuseUnfitSnapshot(
  { path, partition }: PartitionPlace,
  snapshotSequence: number | undefined,
  { firstSequence, lastSequence }: { readonly firstSequence: number; readonly lastSequence: number },
): void {
  const sequence = snapshotSequence ?? 0;
  if (sequence > lastSequence) {
    throw recordsMissing(path, partition, `it ends with record ${lastSequence}, and its snapshot is of ${sequence}`);
  }
  if (sequence < firstSequence - 1) {
    throw recordsMissing(path, partition, `it begins with record ${firstSequence}, and its snapshot is of ${sequence}`);
  }
}

/** Removes what stands for nothing any more: claims that this one replaces, and what a crash left in the middle. */
async function tidyUp(place: PartitionPlace, epoch: number): Promise<void> {
  const { disk } = place;
  const { names, leftovers } = await readLayout(place);
  // Only what older owners were writing: a newer one may be here already.
  const drafts = names.drafts.filter((draft) => draft.epoch < epoch).map(({ name }) => name);
  for (const name of [...leftovers, ...drafts]) await removeForGood(disk, name);
  for (const one of names.epochs) {
    if (one.epoch < epoch) await removeName(disk, one.name);
  }
  await disk.syncNames();
}

function partitionOwned({ partition, path }: PartitionPlace, owner: string): MusterError {
  return new MusterError(
    "PARTITION_OWNED",
    `Cannot own ${partition} of ${path} as one owner holds it: it is held by process ${owner}`,
    { metadata: { owner } },
  );
}
