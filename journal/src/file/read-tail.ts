// Where the chain of records ends and which cursors there are: what a new owner goes on from.
import { invariant } from "@muster/kit";
import { movesOf } from "./frame.ts";
import type { Layout, LiveSegment, PartitionPlace } from "./layout.ts";
import { recordsOf, refuseEarlyEnd } from "./read-records.ts";
import { type OpenSegment, openSegment, walkFrames, whyTailDamaged } from "./segment.ts";
import { recordsMissing, unreadableFile } from "./unreadable-folder.ts";

/** The last record. */
export type ChainEnd = { readonly sequence: number; readonly hash: Uint8Array; readonly timeMs: number };

export type Tail = ChainEnd & {
  /** Whose segment ends it. Undefined: there are no records in the last segment. */
  readonly epoch: number | undefined;
  readonly cursors: ReadonlyMap<string, number>;
};

/**
 * The end as it is now, proved within the last segment that was begun.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if it is damaged, or if acknowledged records are missing.
 */
export async function readTail(
  place: PartitionPlace,
  layout: Layout,
  options: { readonly sync: boolean },
): Promise<Tail> {
  for (const segment of layout.segments.toReversed()) {
    await using opened = await openSegment(place, segment);
    if (!opened) continue;
    const tail = await readSegmentTail(place, segment, opened);
    refuseEarlyEnd(place, layout, tail.sequence);
    refuseLostClaim(place, layout, tail);
    // What the last owner had written and not yet synced is what we build on, so it must last.
    if (options.sync) await opened.file.sync();
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

async function readSegmentTail(
  { path, partition }: PartitionPlace,
  segment: LiveSegment,
  opened: OpenSegment,
): Promise<Tail> {
  let { previousHash: hash, previousTimeMs: timeMs } = opened.header;
  let nextSequence = segment.firstSequence;
  let offset = opened.framesAt;
  const cursors = new Map<string, number>();
  for await (const frame of walkFrames(opened.file, offset)) {
    // Cursor moves after the last record still count; records there are those of an owner who had been replaced.
    if (nextSequence >= segment.endSequence && frame.header.count > 0) break;
    if (frame.header.firstSequence !== nextSequence) {
      throw unreadableFile(
        path,
        segment.name,
        `record ${frame.header.firstSequence} follows where ${nextSequence} should`,
      );
    }
    for (const { record, hash: next } of recordsOf(frame, partition, { nextSequence, hash })) {
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
  const why = nextSequence >= segment.endSequence ? undefined : await whyTailDamaged(opened.file, offset);
  if (why !== undefined) throw unreadableFile(path, segment.name, `record ${nextSequence} cannot be read: ${why}`);
  if (nextSequence < segment.endSequence && segment.endSequence !== Number.POSITIVE_INFINITY) {
    throw unreadableFile(
      path,
      segment.name,
      `it ends before record ${nextSequence}, and the next begins with ${segment.endSequence}`,
    );
  }
  invariant(nextSequence <= segment.endSequence, "A later owner begins where a frame ends");
  const epoch = nextSequence > segment.firstSequence ? segment.epoch : undefined;
  return { epoch, sequence: nextSequence - 1, hash, timeMs, cursors };
}
