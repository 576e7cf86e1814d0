// The chain of records over all segments, read a page at a time and proved on the way. Nothing is held open between pages:
// each finds its place anew, so that an owner may compact, erase and rotate meanwhile.
import { MusterError } from "@muster/proto";
import { type DiskFile, isDiskError } from "../disk/disk.ts";
import type { StoredRecord } from "../journal.ts";
import { cursorExpired } from "../kept-range.ts";
import { endOfRecord, readRecord, verifyRecord } from "../record.ts";
import { FRAME_HEADER_BYTES } from "./frame.ts";
import { type Layout, type LiveSegment, type PartitionPlace, readLayout } from "./layout.ts";
import { type OpenSegment, openSegment, type PlacedFrame, walkFrames, whyTailDamaged } from "./segment.ts";
import { recordsMissing, unreadableFile } from "./unreadable-folder.ts";

/** Of one page, about: a reader who is slower than a compaction must hear of it, and none may hold much at once. */
const PAGE_BYTES = 1_048_576;
const PAGE_RECORDS_MAX = 1_000;

/** A record as it is read, as it is stored, and the hash that the next one carries. */
export type ReadRecord = { readonly record: StoredRecord; readonly bytes: Uint8Array; readonly hash: Uint8Array };

export type ReadOptions = {
  readonly fromSequence: number;
  /** Reads no further. Default: to the end. */
  readonly lastSequence?: (() => number) | undefined;
  /** How the partition's files lie. Default: as `readLayout` says. */
  readonly readLayout?: (place: PartitionPlace) => Promise<Layout>;
};

type FramePlace = { readonly offset: number; readonly firstSequence: number };

/** Where a reader has got to. */
type Position = {
  readonly nextSequence: number;
  /** Of the record before it. Undefined: not known yet. */
  readonly hash: Uint8Array | undefined;
  /** The frame that it is in or begins, if it was seen. */
  readonly frame: (FramePlace & { readonly segment: string }) | undefined;
};
type Page = { readonly records: readonly ReadRecord[]; readonly position: Position; readonly isEnd: boolean };

/**
 * The records from `fromSequence` on, or from the oldest that is kept, up to `lastSequence()` or the end, in pages. What is
 * intact before some damage is given first.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE on damage, or if acknowledged records are missing; CURSOR_EXPIRED once a compaction
 * has overtaken the reader.
 */
export async function* readPages(place: PartitionPlace, options: ReadOptions): AsyncGenerator<readonly ReadRecord[]> {
  let position: Position | undefined;
  for (;;) {
    const page = await readPage(place, position, options);
    yield page.records;
    if (page.isEnd) return;
    position = page.position;
  }
}

async function readPage(place: PartitionPlace, before: Position | undefined, options: ReadOptions): Promise<Page> {
  const { lastSequence = () => Number.POSITIVE_INFINITY, readLayout: look = readLayout } = options;
  for (;;) {
    const layout = await look(place);
    const { firstSequence } = layout.base;
    if (before && before.nextSequence < firstSequence) {
      throw cursorExpired(place.partition, before.nextSequence - 1, firstSequence);
    }
    const position = before ?? startAt(layout, options.fromSequence);
    const segment = layout.segments.findLast((one) => one.firstSequence <= position.nextSequence);
    const limit = lastSequence();
    if (!segment || position.nextSequence > limit) return { records: [], position, isEnd: true };
    try {
      return await readFrom(place, layout, { segment, position, lastSequence: limit });
    } catch (error) {
      const now = await look(place);
      const isGone = !now.segments.some(({ name }) => name === segment.name);
      const isOurs = isDiskError(error, "ENOENT") || error instanceof MusterError;
      if (!isGone || !isOurs) throw error; // Otherwise its owner has replaced it meanwhile: look again.
    }
  }
}

function startAt({ base }: Layout, fromSequence: number): Position {
  const isBase = fromSequence <= base.firstSequence;
  const nextSequence = Math.max(fromSequence, base.firstSequence);
  return { nextSequence, hash: isBase ? base.previousHash : undefined, frame: undefined };
}

type Reading = { readonly segment: LiveSegment; readonly position: Position; readonly lastSequence: number };

async function readFrom(place: PartitionPlace, layout: Layout, reading: Reading): Promise<Page> {
  const { segment, position, lastSequence } = reading;
  await using opened = await openSegment(place, segment);
  if (!opened) return endOfChain(place, layout, { ...position, nextSequence: segment.firstSequence });
  let { nextSequence, hash } = position;
  if (nextSequence === segment.firstSequence) hash = hashBefore(place, opened, position);
  const seen = position.frame?.segment === segment.name ? position.frame : undefined;
  // Where frames are only passed over, they must at least follow one another.
  let at: FramePlace = seen ?? { offset: opened.framesAt, firstSequence: segment.firstSequence };
  const records: ReadRecord[] = [];
  let pageBytes = 0;
  const pageSoFar = (): Page => {
    const frame = { segment: segment.name, offset: at.offset, firstSequence: at.firstSequence };
    return { records, position: { nextSequence, hash, frame }, isEnd: false };
  };
  try {
    for await (const frame of walkFrames(opened.file, at.offset, nextSequence)) {
      refuseGap(place, segment, frame, at.firstSequence);
      if (at.firstSequence >= segment.endSequence || nextSequence > lastSequence) break;
      const endSequence = at.firstSequence + frame.header.count;
      if (endSequence > nextSequence) {
        for (const read of recordsOf(frame, place.partition, { nextSequence, hash })) {
          records.push(read);
          hash = read.hash;
          nextSequence = read.record.sequence + 1;
          if (records.length === PAGE_RECORDS_MAX) return pageSoFar();
        }
        pageBytes += frame.bytes.length;
      }
      at = { offset: frame.endOffset, firstSequence: endSequence };
      if (pageBytes >= PAGE_BYTES) return pageSoFar();
    }
    const reached: Position = { nextSequence, hash, frame: undefined };
    if (nextSequence > lastSequence) return { records, position: reached, isEnd: true };
    if (at.firstSequence === segment.endSequence) return { records, position: reached, isEnd: false };
    await refuseDamagedTail(place, segment, { file: opened.file, ...at });
    return { ...endOfChain(place, layout, { ...reached, nextSequence: at.firstSequence }), records };
  } catch (error) {
    if (records.length === 0) throw error;
    return pageSoFar(); // The next page begins with the damage.
  }
}

/** What the segment says that its first record follows, which must be what the reader has seen. */
function hashBefore({ path }: PartitionPlace, opened: OpenSegment, { nextSequence, hash }: Position): Uint8Array {
  const { previousHash } = opened.header;
  if (hash === undefined || Buffer.from(hash).equals(previousHash)) return previousHash;
  throw unreadableFile(path, opened.name, `it does not follow record ${nextSequence - 1} in its chain`);
}

/** @throws {MusterError} JOURNAL_UNREADABLE unless the frame begins with the record that should come. */
export function refuseGap({ path }: PartitionPlace, { name }: LiveSegment, frame: PlacedFrame, sequence: number): void {
  const { firstSequence } = frame.header;
  if (firstSequence !== sequence) {
    throw unreadableFile(path, name, `record ${firstSequence} follows where ${sequence} should`);
  }
}

/** @throws {MusterError} JOURNAL_UNREADABLE unless what follows the last whole frame is nothing, or a write that was torn. */
export async function refuseDamagedTail(
  { path }: PartitionPlace,
  { name, endSequence }: LiveSegment,
  tail: FramePlace & { readonly file: DiskFile },
): Promise<void> {
  const why = await whyTailDamaged(tail.file, tail.offset);
  if (why !== undefined) throw unreadableFile(path, name, `record ${tail.firstSequence} cannot be read: ${why}`);
  if (tail.firstSequence >= endSequence || endSequence === Number.POSITIVE_INFINITY) return;
  const end = `it ends before record ${tail.firstSequence}`;
  throw unreadableFile(path, name, `${end}, and the next one begins with ${endSequence}`);
}

/** @throws {MusterError} JOURNAL_UNREADABLE if it ends before what was acknowledged. */
function endOfChain(place: PartitionPlace, layout: Layout, position: Position): Page {
  refuseEarlyEnd(place, layout, position.nextSequence - 1);
  return { records: [], position, isEnd: true };
}

/** @throws {MusterError} JOURNAL_UNREADABLE if more records were acknowledged than the journal has. */
export function refuseEarlyEnd(
  { path, partition }: PartitionPlace,
  { markSequence }: Layout,
  lastSequence: number,
): void {
  if (lastSequence >= markSequence) return;
  throw recordsMissing(
    path,
    partition,
    `it ends with record ${lastSequence}, and record ${markSequence} was acknowledged`,
  );
}

/** The records of a frame from `nextSequence` on, each proved to follow the one before. */
export function* recordsOf(
  frame: PlacedFrame,
  partition: string,
  from: { readonly nextSequence: number; readonly hash: Uint8Array | undefined },
): Generator<ReadRecord> {
  const { firstSequence, count } = frame.header;
  let hash = firstSequence >= from.nextSequence ? from.hash : undefined;
  let offset = FRAME_HEADER_BYTES;
  for (let sequence = firstSequence; sequence < firstSequence + count; sequence += 1) {
    const end = endOfRecord(frame.bytes, offset);
    const bytes = frame.bytes.subarray(offset, end);
    offset = end;
    if (sequence < from.nextSequence && from.hash !== undefined) continue;
    // A compaction may have made the middle of a frame the start, whose hash is known.
    const previousHash = sequence === from.nextSequence ? (from.hash ?? hash) : hash;
    hash = verifyRecord(bytes, { partition, sequence, previousHash });
    if (sequence >= from.nextSequence) yield { record: readRecord(bytes, 0, partition).record, bytes, hash };
  }
}

/** The hash of a record that is kept: what the one after it carries. */
export async function readHash(place: PartitionPlace, layout: Layout, sequence: number): Promise<Uint8Array> {
  const segment = layout.segments.findLast((one) => one.firstSequence <= sequence);
  await using opened = segment && (await openSegment(place, segment));
  if (segment && opened) {
    for await (const frame of walkFrames(opened.file, opened.framesAt, sequence)) {
      const { firstSequence, count } = frame.header;
      if (firstSequence + count <= sequence || firstSequence > sequence) continue;
      const [found] = recordsOf(frame, place.partition, { nextSequence: sequence, hash: undefined });
      if (found) return found.hash;
    }
  }
  throw recordsMissing(place.path, place.partition, `record ${sequence} is not where it should be`);
}
