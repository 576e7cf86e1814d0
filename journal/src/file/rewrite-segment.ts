// Bodies are erased by writing the segment anew without them: a file beside the former one, which stands for the records
// from its renaming on, and only then is the former one overwritten. A crash between leaves both, and the next owner
// overwrites the former.
import { SECTOR_BYTES } from "../disk/disk.ts";
import { endOfRecord, eraseBody } from "../record.ts";
import { draftName, segmentName } from "./file-names.ts";
import { encodeFrame, FRAME_HEADER_BYTES, movesOf } from "./frame.ts";
import type { LiveSegment, PartitionPlace } from "./layout.ts";
import { removeForGood } from "./remove-for-good.ts";
import { openSegment, type PlacedFrame, walkFrames } from "./segment.ts";
import { unreadableFile } from "./unreadable-folder.ts";

export type RewriteOptions = {
  readonly sequences: ReadonlySet<number>;
  /** Of the owner who asks. */
  readonly epoch: number;
  /** Rejects if it is the owner no more. */
  readonly mayReplace: () => Promise<void>;
};

/** Erases the bodies of `sequences` in a segment that nobody writes to any more. */
export async function rewriteSegment(
  place: PartitionPlace,
  segment: LiveSegment,
  { sequences, epoch, mayReplace }: RewriteOptions,
): Promise<void> {
  const { disk, partition } = place;
  const name = segmentName(partition, {
    ...segment,
    writer: epoch,
    rewriting: segment.writer === epoch ? segment.rewriting + 1 : 1,
  });
  const draft = draftName(name, epoch);
  try {
    const hasChanged = await writeWithout(place, segment, { draft, sequences });
    if (!hasChanged) return await removeForGood(disk, draft);
    await mayReplace();
    await disk.rename(draft, name);
  } catch (error) {
    await removeForGood(disk, draft).catch(() => undefined); // The error that led here says more.
    throw error;
  }
  await disk.syncNames();
  await removeForGood(disk, segment.name);
}

/** Whether there was anything to erase. */
async function writeWithout(
  place: PartitionPlace,
  segment: LiveSegment,
  { draft, sequences }: { readonly draft: string; readonly sequences: ReadonlySet<number> },
): Promise<boolean> {
  await using former = await openSegment(place, segment);
  if (!former) return false;
  await using file = await place.disk.open(draft, { create: true });
  await file.truncate(0);
  await file.write(0, await former.file.read(0, SECTOR_BYTES));
  let offset = SECTOR_BYTES;
  let nextSequence = segment.firstSequence;
  let hasChanged = false;
  for await (const frame of walkFrames(former.file, former.framesAt)) {
    if (frame.header.count > 0 && frame.header.firstSequence >= segment.endSequence) break;
    const bytes = eraseInFrame(frame, sequences);
    hasChanged ||= bytes !== frame.bytes;
    await file.write(offset, bytes);
    offset += bytes.length;
    nextSequence += frame.header.count;
  }
  if (nextSequence !== segment.endSequence) {
    throw unreadableFile(place.path, segment.name, `record ${nextSequence} cannot be read: it is damaged`);
  }
  await file.sync();
  return hasChanged;
}

function eraseInFrame({ header, bytes }: PlacedFrame, sequences: ReadonlySet<number>): Buffer {
  const records: Uint8Array[] = [];
  let hasChanged = false;
  let offset = FRAME_HEADER_BYTES;
  for (let sequence = header.firstSequence; sequence < header.firstSequence + header.count; sequence += 1) {
    const end = endOfRecord(bytes, offset);
    const record = bytes.subarray(offset, end);
    const kept = sequences.has(sequence) ? eraseBody(record) : record;
    hasChanged ||= kept.length !== record.length;
    records.push(kept);
    offset = end;
  }
  if (!hasChanged) return bytes;
  const { epoch, firstSequence, count } = header;
  return encodeFrame({ epoch, firstSequence, count, records, moves: movesOf(bytes, header) });
}
