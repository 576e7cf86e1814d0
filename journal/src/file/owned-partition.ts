// A partition in the hands of its owner: everything that the journal does with it after the owner has been found to be one.
import { invariant } from "@muster/kit";
import type { Cursor, NewRecord, Snapshot } from "../journal.ts";
import { compactionLimit, refuseSnapshot } from "../kept-range.ts";
import type { ClaimedEpoch, Lease } from "./epoch-file.ts";
import { epochStale, type Fence } from "./fence.ts";
import { draftName } from "./file-names.ts";
import type { FrameQueue } from "./frame-queue.ts";
import { type Layout, type PartitionPlace, readLayout } from "./layout.ts";
import { createLine } from "./one-at-a-time.ts";
import { readHash } from "./read-records.ts";
import { removeForGood } from "./remove-for-good.ts";
import { rewriteSegment } from "./rewrite-segment.ts";
import { beginSnapshot, nextSnapshotName } from "./snapshot-file.ts";

export type OwnedParts = {
  readonly place: PartitionPlace;
  readonly epoch: number;
  readonly fence: Fence;
  readonly epochFile: ClaimedEpoch;
  readonly wallMs: () => number;
  readonly segmentBytes: number;
  readonly lease: Lease;
  readonly snapshotSequence: number | undefined;
  readonly base: { firstSequence: number };
  readonly queue: FrameQueue;
};

export interface OwnedPartition extends AsyncDisposable {
  readonly epoch: number;
  /** Of the last durable record. */
  lastSequence(): number;
  append(afterSequence: number, records: readonly NewRecord[]): Promise<void>;
  renew(timeMs: number): Promise<void>;
  release(timeMs: number): Promise<void>;
  writeSnapshot(snapshot: Snapshot): Promise<void>;
  compact(throughSequence: number): Promise<number>;
  eraseBodies(sequences: readonly number[]): Promise<void>;
  moveCursor(cursor: Cursor): Promise<void>;
  removeCursor(name: string): Promise<void>;
}

/** A compaction begins a new segment if the present one is at least this part of a full one: its file shall go soon. */
const WORTH_ROTATING_RATIO = 1 / 8;

/** The operations of an owner. Each rejects with EPOCH_STALE once it is none, and then has changed nothing that counts. */
export function createOwnedPartition(parts: OwnedParts): OwnedPartition {
  const { place, epoch, fence, epochFile, wallMs, segmentBytes, base, queue } = parts;
  const { disk, partition } = place;
  // Leases apart from the rest, so that a long snapshot does not let one run out.
  const upkeep = createLine();
  const leases = createLine();
  let { lease, snapshotSequence } = parts;
  let isReleased = false;

  const refuseReleased = () => {
    if (isReleased) throw epochStale(partition, epoch, epoch);
  };
  const noteLease = async (released: boolean, timeMs: number) => {
    await fence.check();
    const nowMs = wallMs();
    const { leaseMs } = lease;
    lease = { released, untilMs: nowMs + leaseMs, leaseMs, timeMs: Math.max(lease.timeMs, timeMs), wallMs: nowMs };
    await epochFile.noteLease(lease);
    await fence.check();
  };
  const limitOf = (throughSequence: number) =>
    Math.min(
      compactionLimit(throughSequence, { snapshotSequence, cursors: queue.cursorSequences() }),
      queue.tail.sequence,
    );
  const removeForgotten = async (layout: Layout) => {
    for (const { name, endSequence } of layout.segments) {
      if (endSequence <= base.firstSequence) await removeForGood(disk, name);
    }
    await disk.syncNames();
  };

  const compact = async (throughSequence: number) => {
    await fence.check();
    if (limitOf(throughSequence) < base.firstSequence) return base.firstSequence;
    const { firstSequence, size } = queue.writer;
    if (firstSequence <= limitOf(throughSequence) && size >= segmentBytes * WORTH_ROTATING_RATIO) await queue.rotate();
    const layout = await readLayout(place);
    for (let limit = limitOf(throughSequence); limit >= base.firstSequence; ) {
      const hash = await readHash(place, layout, limit);
      const now = limitOf(throughSequence);
      // A cursor that came meanwhile may need what this would forget.
      if (now < limit) {
        limit = now;
        continue;
      }
      base.firstSequence = limit + 1;
      await epochFile.noteBase({ firstSequence: limit + 1, previousHash: Buffer.from(hash).toString("hex") });
      await fence.check();
      await removeForgotten(layout);
      break;
    }
    return base.firstSequence;
  };

  const writeSnapshot = async ({ sequence, chunks }: Snapshot) => {
    const refuse = () => refuseSnapshot(partition, sequence, { lastSequence: queue.tail.sequence, snapshotSequence });
    refuse();
    await fence.check();
    const { names } = await readLayout(place);
    const name = nextSnapshotName(partition, epoch, names.snapshots);
    const draftedAs = draftName(name, epoch);
    try {
      await using draft = await beginSnapshot(disk, draftedAs, { partition, epoch, sequence });
      for await (const chunk of chunks) await draft.add(chunk);
      await draft.finish();
      await fence.check();
      await disk.rename(draftedAs, name);
      await disk.syncNames();
      await fence.check();
    } catch (error) {
      await removeForGood(disk, draftedAs).catch(() => undefined); // The error that led here says more.
      throw error;
    }
    snapshotSequence = sequence;
    for (const former of names.snapshots) await removeForGood(disk, former.name);
  };

  const eraseBodies = async (asked: readonly number[]) => {
    await fence.check();
    const sequences = new Set(asked.filter((one) => Number.isInteger(one) && one >= 1 && one <= queue.tail.sequence));
    if ([...sequences].some((one) => one >= queue.writer.firstSequence)) await queue.rotate();
    const { segments, leftovers } = await readLayout(place);
    for (const name of leftovers) await removeForGood(disk, name); // They may hold the same bodies.
    for (const segment of segments) {
      const holds = [...sequences].some((one) => one >= segment.firstSequence && one < segment.endSequence);
      if (!holds) continue;
      invariant(
        segment.endSequence !== Number.POSITIVE_INFINITY,
        "What is erased is in a segment that is written no more",
      );
      await rewriteSegment(place, segment, { sequences, epoch, mayReplace: fence.check });
    }
    await fence.check();
  };

  const owned = <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      refuseReleased();
      return await fence.guard(() => work(...args));
    };
  };
  return {
    epoch,
    lastSequence: () => queue.tail.sequence,
    append: owned(queue.append),
    renew: owned((timeMs) => leases(() => noteLease(false, timeMs))),
    async release(timeMs) {
      if (isReleased) return;
      await fence.guard(() => leases(() => noteLease(true, timeMs)));
      isReleased = true;
    },
    writeSnapshot: owned((snapshot) => upkeep(() => writeSnapshot(snapshot))),
    compact: owned((throughSequence) => upkeep(() => compact(throughSequence))),
    eraseBodies: owned((sequences) => upkeep(() => eraseBodies(sequences))),
    moveCursor: owned((cursor) => queue.move(cursor)),
    removeCursor: owned((name) => queue.move({ name, sequence: undefined })),
    async [Symbol.asyncDispose]() {
      await upkeep(async () => undefined);
      await leases(async () => undefined);
      await queue[Symbol.asyncDispose]();
      await epochFile[Symbol.asyncDispose]();
    },
  };
}
