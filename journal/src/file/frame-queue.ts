// Group commit: appends and cursor moves that come while one frame is written share the next. One that comes alone is
// written at once.
import { MusterError } from "@muster/proto";
import { isDiskError } from "../disk/disk.ts";
import type { NewRecord } from "../journal.ts";
import { refuseCursor } from "../kept-range.ts";
import { encodeRecords } from "../record.ts";
import type { ClaimedEpoch } from "./epoch-file.ts";
import type { Fence } from "./fence.ts";
import { type CursorMove, encodeFrame } from "./frame.ts";
import type { PartitionPlace } from "./layout.ts";
import type { ChainEnd, Tail } from "./read-tail.ts";
import { beginSegment, type SegmentWriter } from "./segment-writer.ts";

/** Records of one frame, about: bounds how long one write takes, and how much of a file a reader must hold at once. */
const FRAME_BYTES = 4_194_304;

export type FrameQueueOptions = {
  readonly place: PartitionPlace;
  readonly epoch: number;
  readonly fence: Fence;
  readonly epochFile: ClaimedEpoch;
  readonly wallMs: () => number;
  /** Of a segment, about, after which the next one is begun. */
  readonly segmentBytes: number;
  readonly tail: Tail;
  readonly writer: SegmentWriter;
  /** Of the oldest record that is kept. */
  readonly firstSequence: () => number;
};

export interface FrameQueue extends AsyncDisposable {
  /** The last durable record. */
  readonly tail: ChainEnd;
  readonly writer: Pick<SegmentWriter, "firstSequence" | "size">;
  /** Where cursors stand or are about to. */
  cursorSequences(): readonly number[];
  append(afterSequence: number, records: readonly NewRecord[]): Promise<void>;
  move(cursor: CursorMove): Promise<void>;
  /** Begins a new segment, unless the present one has no records. */
  rotate(): Promise<void>;
}

type Wish =
  | { readonly type: "append"; readonly afterSequence: number; readonly records: readonly NewRecord[] }
  | { readonly type: "move"; readonly cursor: CursorMove }
  | { readonly type: "rotate" };
type Waiting = { readonly wish: Wish; readonly resolve: () => void; readonly reject: (error: unknown) => void };

/** What one frame will change, once it is durable. */
type Draft = {
  readonly accepted: Waiting[];
  readonly records: Uint8Array[];
  readonly moves: CursorMove[];
  sequence: number;
  hash: Uint8Array;
  timeMs: number;
};

/** Whether nothing was written, or nothing is left of it. */
function isRefusal(error: unknown): boolean {
  return isDiskError(error, "ENOSPC") || (error instanceof MusterError && error.reason !== "JOURNAL_FAILED");
}

/** The writing end of a partition. */
export function createFrameQueue(options: FrameQueueOptions): FrameQueue {
  const { place, epoch, fence, epochFile, wallMs, segmentBytes } = options;
  const { partition } = place;
  const cursors = new Map(options.tail.cursors);
  let tail: ChainEnd = options.tail;
  let writer = options.writer;
  let queue: Waiting[] = [];
  let moving: readonly CursorMove[] = [];
  let committing: Promise<void> | undefined;
  let broken: { readonly error: unknown } | undefined;

  const rotateNow = async () => {
    if (writer.firstSequence > tail.sequence) return;
    const { sequence, hash, timeMs } = tail;
    const header = { epoch, firstSequence: sequence + 1, previousHash: hash, previousTimeMs: timeMs };
    const next = await beginSegment(place, header, cursors);
    await writer[Symbol.asyncDispose]();
    writer = next;
  };
  const takeBatch = (): readonly Waiting[] => {
    let bytes = 0;
    let taken = 0;
    for (const { wish } of queue) {
      if (taken > 0 && (wish.type === "rotate" || bytes >= FRAME_BYTES)) break;
      taken += 1;
      if (wish.type === "rotate") break;
      if (wish.type === "append") for (const { body } of wish.records) bytes += body.length;
    }
    const batch = queue.slice(0, taken);
    queue = queue.slice(taken);
    return batch;
  };
  const accept = (draft: Draft, wish: Wish) => {
    if (wish.type === "move") {
      const { name, sequence } = wish.cursor;
      const kept = { firstSequence: options.firstSequence(), lastSequence: draft.sequence };
      if (sequence !== undefined) refuseCursor(partition, { name, sequence }, kept);
      draft.moves.push(wish.cursor);
    }
    if (wish.type !== "append") return;
    if (wish.afterSequence !== draft.sequence) {
      throw new MusterError(
        "SEQUENCE_CONFLICT",
        `Cannot append to ${partition} after ${wish.afterSequence}: it ends at ${draft.sequence}`,
      );
    }
    const last = wish.records.at(-1);
    if (!last) return;
    const origin = { partition, epoch, sequence: draft.sequence + 1, previousHash: draft.hash };
    const { bytes, hash } = encodeRecords(wish.records, origin);
    draft.records.push(bytes);
    draft.sequence += wish.records.length;
    draft.hash = hash;
    draft.timeMs = last.timeMs;
  };
  const draftOf = (batch: readonly Waiting[]): Draft => {
    const draft: Draft = { ...tail, accepted: [], records: [], moves: [] };
    for (const waiting of batch) {
      try {
        accept(draft, waiting.wish);
        draft.accepted.push(waiting);
      } catch (error) {
        waiting.reject(error); // By itself: the others stand.
      }
    }
    return draft;
  };
  const commit = async (batch: readonly Waiting[]) => {
    await fence.check();
    if (writer.size >= segmentBytes || batch[0]?.wish.type === "rotate") await rotateNow();
    const draft = draftOf(batch);
    const { records, moves, sequence, hash, timeMs } = draft;
    if (records.length > 0 || moves.length > 0) {
      moving = moves;
      const count = sequence - tail.sequence;
      await writer.put(encodeFrame({ epoch, firstSequence: tail.sequence + 1, count, records, moves }));
      await fence.check();
      for (const { name, sequence: at } of moves) {
        if (at === undefined) cursors.delete(name);
        else cursors.set(name, at);
      }
      tail = { sequence, hash, timeMs };
      if (records.length > 0) await epochFile.noteMark({ sequence, timeMs, wallMs: wallMs() });
    }
    for (const { resolve } of draft.accepted) resolve();
  };
  const commitQueued = async () => {
    while (queue.length > 0) {
      const batch = takeBatch();
      try {
        if (broken) throw broken.error;
        await commit(batch);
      } catch (error) {
        // What the file holds is not known any more: nothing may be written after it.
        if (!isRefusal(error)) broken ??= { error };
        for (const { reject } of batch) reject(error);
      }
      moving = [];
    }
    committing = undefined;
  };
  const enqueue = (wish: Wish) =>
    new Promise<void>((resolve, reject) => {
      queue.push({ wish, resolve, reject });
      committing ??= commitQueued();
    });

  return {
    get tail() {
      return tail;
    },
    get writer() {
      return writer;
    },
    cursorSequences: () => [...cursors.values(), ...moving.flatMap(({ sequence }) => sequence ?? [])],
    append: (afterSequence, records) => enqueue({ type: "append", afterSequence, records }),
    async move(cursor) {
      if (queue.length === 0 && moving.length === 0 && cursors.get(cursor.name) === cursor.sequence) {
        return await fence.check(); // Nothing to write.
      }
      await enqueue({ type: "move", cursor });
    },
    rotate: () => enqueue({ type: "rotate" }),
    async [Symbol.asyncDispose]() {
      await committing;
      await writer[Symbol.asyncDispose]();
    },
  };
}
