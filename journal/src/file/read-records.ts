// The chain of records over all segments, read a page at a time and proved on the way. Nothing is held open between pages:
// each finds its place anew, so that an owner may compact, erase and rotate meanwhile.
import { MusterError } from "@muster/proto";
import { isDiskError } from "../disk/disk.ts";
import type { StoredRecord } from "../journal.ts";
import { cursorExpired } from "../kept-range.ts";
import { readRecord, recordEnd, verifyRecord } from "../record.ts";
import { FRAME_HEADER_BYTES } from "./frame.ts";
import { type Layout, type LiveSegment, type PartitionPlace, readLayout } from "./layout.ts";
import { openSegment, type PlacedFrame, walkFrames, whyTailDamaged } from "./segment.ts";
import { recordsMissing, unreadableFile } from "./unreadable-folder.ts";

/** Of one page, about: a reader who is slower than a compaction must hear of it, and none may hold much at once. */
const PAGE_BYTES = 1_048_576;
const PAGE_RECORDS_MAX = 1_000;

/** Where a reader has got to. */
type Position = {
  readonly nextSequence: number;
  /** Of the record before it. Undefined: not known yet. */
  readonly hash: Uint8Array | undefined;
  /** The frame that it is in or begins, if it was seen. */
  readonly frame: { readonly segment: string; readonly offset: number; readonly firstSequence: number } | undefined;
};
type Page = { readonly records: readonly StoredRecord[]; readonly position: Position; readonly isEnd: boolean };

/**
 * The records from `fromSequence` on, or from the oldest that is kept, up to `lastSequence()` or the end, in pages.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE on damage, or if acknowledged records are missing; CURSOR_EXPIRED once a compaction
 * has overtaken the reader.
 */
export async function* readPages(
  place: PartitionPlace,
  fromSequence: number,
  lastSequence: () => number = () => Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly StoredRecord[]> {
  let position: Position | undefined;
  for (;;) {
    const page = await readPage(place, position, { fromSequence, lastSequence: lastSequence() });
    yield page.records;
    if (page.isEnd) return;
    position = page.position;
  }
}

async function readPage(
  place: PartitionPlace,
  before: Position | undefined,
  range: { readonly fromSequence: number; readonly lastSequence: number },
): Promise<Page> {
  for (;;) {
    const layout = await readLayout(place);
    const { firstSequence } = layout.base;
    if (before && before.nextSequence < firstSequence) {
      throw cursorExpired(place.partition, before.nextSequence - 1, firstSequence);
    }
    const position = before ?? startAt(layout, range.fromSequence);
    const segment = layout.segments.findLast((one) => one.firstSequence <= position.nextSequence);
    if (!segment || position.nextSequence > range.lastSequence) {
      return { records: [], position, isEnd: true };
    }
    try {
      return await readFrom(place, layout, segment, { position, lastSequence: range.lastSequence });
    } catch (error) {
      const now = await readLayout(place);
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

async function readFrom(
  place: PartitionPlace,
  layout: Layout,
  segment: LiveSegment,
  { position, lastSequence }: { readonly position: Position; readonly lastSequence: number },
): Promise<Page> {
  const { path, partition } = place;
  await using opened = await openSegment(place, segment);
  if (!opened) return endOfChain(place, layout, { ...position, nextSequence: segment.firstSequence });
  let { nextSequence, hash } = position;
  if (nextSequence === segment.firstSequence) {
    const isNext = hash === undefined || Buffer.from(hash).equals(opened.header.previousHash);
    if (!isNext) throw unreadableFile(path, segment.name, `it does not follow record ${nextSequence - 1} in its chain`);
    hash = opened.header.previousHash;
  }
  const seen = position.frame?.segment === segment.name ? position.frame : undefined;
  let offset = seen?.offset ?? opened.framesAt;
  // Where frames are only passed over, they must at least follow one another.
  let frameSequence = seen?.firstSequence ?? segment.firstSequence;
  const pageTo = (frame: { readonly offset: number; readonly firstSequence: number }): Page => ({
    records,
    position: { nextSequence, hash, frame: { segment: segment.name, ...frame } },
    isEnd: false,
  });
  const records: StoredRecord[] = [];
  let pageBytes = 0;
  for await (const frame of walkFrames(opened.file, offset)) {
    const { firstSequence, count } = frame.header;
    if (firstSequence !== frameSequence) {
      throw unreadableFile(path, segment.name, `record ${firstSequence} follows where ${frameSequence} should`);
    }
    if (frameSequence >= segment.endSequence || nextSequence > lastSequence) break;
    frameSequence += count;
    offset = frame.endOffset;
    if (frameSequence <= nextSequence) continue;
    for (const { record, hash: next } of recordsOf(frame, partition, { nextSequence, hash })) {
      records.push(record);
      hash = next;
      nextSequence = record.sequence + 1;
      if (records.length === PAGE_RECORDS_MAX) return pageTo({ offset: frame.offset, firstSequence });
    }
    pageBytes += frame.bytes.length;
    if (pageBytes >= PAGE_BYTES) return pageTo({ offset, firstSequence: frameSequence });
  }
  const reached: Position = { nextSequence, hash, frame: undefined };
  if (nextSequence > lastSequence) return { records, position: reached, isEnd: true };
  if (frameSequence === segment.endSequence) return { records, position: reached, isEnd: false };
  const why = await whyTailDamaged(opened.file, offset);
  if (why !== undefined) throw unreadableFile(path, segment.name, `record ${frameSequence} cannot be read: ${why}`);
  if (frameSequence < segment.endSequence && segment.endSequence !== Number.POSITIVE_INFINITY) {
    throw unreadableFile(
      path,
      segment.name,
      `it ends before record ${frameSequence}, and the next one begins with ${segment.endSequence}`,
    );
  }
  return { ...endOfChain(place, layout, { ...reached, nextSequence: frameSequence }), records };
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
): Generator<{ readonly record: StoredRecord; readonly bytes: Buffer; readonly hash: Uint8Array }> {
  const { firstSequence, count } = frame.header;
  let hash = firstSequence >= from.nextSequence ? from.hash : undefined;
  let offset = FRAME_HEADER_BYTES;
  for (let sequence = firstSequence; sequence < firstSequence + count; sequence += 1) {
    const end = recordEnd(frame.bytes, offset);
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
    for await (const frame of walkFrames(opened.file, opened.framesAt)) {
      const { firstSequence, count } = frame.header;
      if (firstSequence + count <= sequence || firstSequence > sequence) continue;
      const [found] = recordsOf(frame, place.partition, { nextSequence: sequence, hash: undefined });
      if (found) return found.hash;
    }
  }
  throw recordsMissing(place.path, place.partition, `record ${sequence} is not where it should be`);
}
