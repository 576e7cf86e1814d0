// Where the chain of records ends and which cursors there are: what a new owner goes on from.
import { invariant } from "@muster/kit";
import type { DiskFile } from "../disk/disk.ts";
import { movesOf } from "./frame.ts";
import { type Layout, type LiveSegment, type PartitionPlace, readLayout } from "./layout.ts";
import { recordsOf, refuseDamagedTail, refuseEarlyEnd, refuseGap } from "./read-records.ts";
import { type OpenSegment, openSegment, walkFrames } from "./segment.ts";
import { recordsMissing } from "./unreadable-folder.ts";

/** The last record. */
export type ChainEnd = { readonly sequence: number; readonly hash: Uint8Array; readonly timeMs: number };

export type Tail = ChainEnd & {
  /** Whose segment ends it. Undefined: there are no records in the last segment. */
  readonly epoch: number | undefined;
  readonly cursors: ReadonlyMap<string, number>;
};

/**
 * The end as it is now, proved within the last segment that was begun, and the layout that it was found by. What owners
 * replace meanwhile is looked for again.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if it is damaged, or if acknowledged records are missing.
 */
export async function findTail(
  place: PartitionPlace,
  options: { readonly sync: boolean },
): Promise<{ readonly layout: Layout; readonly tail: Tail }> {
  for (;;) {
    const layout = await readLayout(place);
    const isStill = async () => namesOf(layout) === namesOf(await readLayout(place));
    try {
      const tail = await readTail(place, layout, options);
      if (await isStill()) return { layout, tail };
    } catch (error) {
      if (await isStill()) throw error;
    }
  }
}

function namesOf({ segments }: Layout): string {
  return segments.map(({ name }) => name).join();
}

async function readTail(place: PartitionPlace, layout: Layout, options: { readonly sync: boolean }): Promise<Tail> {
  for (const segment of layout.segments.toReversed()) {
    await using opened = await openSegment(place, segment);
    if (!opened) continue;
    const { tail, endOffset } = await readSegmentTail(place, segment, opened);
    refuseEarlyEnd(place, layout, tail.sequence);
    refuseLostClaim(place, layout, tail);
    if (options.sync) await makeLast(opened.file, endOffset);
    return tail;
  }
  const { firstSequence, previousHash } = layout.base;
  refuseEarlyEnd(place, layout, firstSequence - 1);
  return { epoch: undefined, sequence: firstSequence - 1, hash: previousHash, timeMs: 0, cursors: new Map() };
}

/** An owner writes records only after it has noted everything in the file of its claim. */
function refuseLostClaim({ path, partition }: PartitionPlace, { claims }: Layout, { epoch }: Tail): void {
  if (epoch === undefined || claims.some(({ claim, base }) => claim.epoch >= epoch && base)) return;
  throw recordsMissing(path, partition, `nothing is left of what the owner of epoch ${epoch} noted about them`);
}

/** Bytes that are written anew in one go. */
const REWRITE_BYTES = 262_144;

/**
 * What the last owner had written and not yet synced is what we build on, so it must last. A sync alone would not do: where the
 * last owner's failed, the machine may show what it believes to be on the disk and what is not. So the same bytes again.
 */
async function makeLast(file: DiskFile, endOffset: number): Promise<void> {
  for (let offset = 0; offset < endOffset; ) {
    const bytes = await file.read(offset, Math.min(REWRITE_BYTES, endOffset - offset));
    await file.write(offset, bytes);
    offset += bytes.length;
  }
  await file.sync();
}

async function readSegmentTail(
  place: PartitionPlace,
  segment: LiveSegment,
  opened: OpenSegment,
): Promise<{ readonly tail: Tail; readonly endOffset: number }> {
  let { previousHash: hash, previousTimeMs: timeMs } = opened.header;
  let nextSequence = segment.firstSequence;
  let offset = opened.framesAt;
  const cursors = new Map<string, number>();
  for await (const frame of walkFrames(opened.file, offset)) {
    // Cursor moves after the last record still count; records there are those of an owner who had been replaced.
    if (nextSequence >= segment.endSequence && frame.header.count > 0) break;
    refuseGap(place, segment, frame, nextSequence);
    for (const { record, hash: next } of recordsOf(frame, place.partition, { nextSequence, hash })) {
      hash = next;
      ({ timeMs } = record);
      nextSequence = record.sequence + 1;
    }
    for (const { name, sequence } of movesOf(frame.bytes, frame.header)) {
      if (sequence === undefined) cursors.delete(name);
      else cursors.set(name, sequence);
    }
    offset = frame.endOffset;
  }
  if (nextSequence < segment.endSequence) {
    await refuseDamagedTail(place, segment, { file: opened.file, offset, firstSequence: nextSequence });
  }
  invariant(nextSequence <= segment.endSequence, "A later owner begins where a frame ends");
  const epoch = nextSequence > segment.firstSequence ? segment.epoch : undefined;
  return { tail: { epoch, sequence: nextSequence - 1, hash, timeMs, cursors }, endOffset: offset };
}
