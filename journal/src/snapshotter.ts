// Writes the state down from time to time, so that a restart need not fold everything that ever happened, and lets the
// journal forget what the snapshot holds. One snapshot at a time, made in slices between the service's other work.
import type { Clock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { isNoRoom } from "./commit-queue.ts";
import type { Journal, StoredSnapshot } from "./journal.ts";
import type { SnapshotCodec } from "./snapshot-codec.ts";

export type SnapshotOptions<State> = {
  readonly codec: SnapshotCodec<State>;
  /**
   * Facts after which the next snapshot is written: about as many as a restart folds. Asked of the state at each snapshot,
   * where a large one should be written less often than a small one.
   */
  readonly everyRecords: number | ((state: State) => number);
  /** How long facts stay in the journal after a snapshot holds them, in ms. They go with a snapshot after that. Default 0. */
  readonly keepMs?: number;
};

export type SnapshotterOptions<State> = SnapshotOptions<State> & {
  readonly journal: Journal;
  readonly partition: string;
  readonly epoch: number;
  readonly clock: Clock;
  readonly state: State;
  /** Of the newest snapshot; 0: there is none. */
  readonly snapshotSequence: number;
  /** Of the last fact that the state holds. */
  readonly stateSequence: () => number;
  readonly untilDurable: (sequence: number) => Promise<void>;
  /** The journal is lost, or the codec made a mistake. A disk without room is neither. */
  readonly onFailure: (error: unknown) => void;
};

export interface Snapshotter {
  /** Facts up to `sequence` are durable: starts a snapshot if it is time. */
  advance(sequence: number): void;
  /**
   * Writes the present state down and compacts; resolves with the snapshot's sequence.
   *
   * @throws {MusterError} EPOCH_STALE, JOURNAL_FULL, JOURNAL_FAILED.
   */
  take(): Promise<number>;
  /** Ends what is under way, and writes a last snapshot if it spares the next start some work. */
  close(): Promise<void>;
}

/** Before a snapshot's own chunks: "MuSn", then the format. */
const HEADER_BYTES = 6;

export function createSnapshotter<State>(options: SnapshotterOptions<State>): Snapshotter {
  const { journal, partition, epoch, clock, codec, state, keepMs = 0, onFailure } = options;
  const everyRecords = () =>
    typeof options.everyRecords === "number" ? options.everyRecords : options.everyRecords(state);
  let written = options.snapshotSequence;
  let nextAt = written + everyRecords();
  let lastTaken: Promise<unknown> = Promise.resolve();
  let taking = 0;
  let closed = false;
  /** Since when snapshots have held the facts up to `sequence`, oldest first. What a former run wrote counts from now. */
  let held = [{ sequence: written, sinceMs: clock.nowMs() }];

  async function* paced(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield writeHeader(codec.format);
    for (const chunk of chunks) {
      yield chunk;
      if (!closed) await clock.sleep(0); // Whoever came meanwhile is served first.
    }
  }
  const write = async (): Promise<number> => {
    const sequence = options.stateSequence();
    if (sequence === written) return written;
    nextAt = sequence + everyRecords(); // If this one fails, too.
    const chunks = codec.capture(state);
    await options.untilDurable(sequence); // The journal must not know of less than its snapshot.
    await journal.writeSnapshot(partition, epoch, { sequence, chunks: paced(chunks) });
    written = sequence;
    held.push({ sequence, sinceMs: clock.nowMs() });
    await forgetHeld(clock.nowMs() - keepMs);
    return sequence;
  };
  const forgetHeld = async (untilMs: number) => {
    const last = held.findLastIndex(({ sinceMs }) => sinceMs <= untilMs);
    const through = held[last]?.sequence ?? 0;
    held = held.slice(Math.max(last, 0));
    if (through > 0) await journal.compact(partition, epoch, through);
  };
  const take = async (): Promise<number> => {
    taking += 1;
    const taken = lastTaken.then(write);
    lastTaken = taken.catch(() => undefined);
    try {
      return await taken;
    } finally {
      taking -= 1;
    }
  };
  const takeInBackground = async () => {
    try {
      await take();
    } catch (error) {
      if (!isNoRoom(error)) onFailure(error);
    }
  };

  return {
    advance(sequence) {
      if (sequence >= nextAt && taking === 0 && !closed) void takeInBackground();
    },
    take,
    async close() {
      closed = true;
      await lastTaken;
      if (options.stateSequence() - written > everyRecords() / 10) await takeInBackground();
    },
  };
}

/**
 * The state of a snapshot.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if it is of another format, or damaged.
 */
export async function readState<State>(
  partition: string,
  snapshot: StoredSnapshot,
  codec: SnapshotCodec<State>,
): Promise<State> {
  const chunks = snapshot.chunks[Symbol.asyncIterator]();
  const first = await chunks.next();
  const format = first.done ? undefined : readHeader(first.value);
  if (format !== codec.format) {
    const present = format === undefined ? "it is foreign" : `it is format ${format}, of another build`;
    throw new MusterError(
      "JOURNAL_UNREADABLE",
      `Cannot read the snapshot of ${partition} at record ${snapshot.sequence} as format ${codec.format}: ${present}`,
      { metadata: { partition, sequence: String(snapshot.sequence) } },
    );
  }
  return await codec.restore({ [Symbol.asyncIterator]: () => chunks });
}

function writeHeader(format: number): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("MuSn", "latin1");
  header.writeUInt16LE(format, 4);
  return header;
}

function readHeader(bytes: Uint8Array): number | undefined {
  const header = Buffer.from(bytes);
  if (header.length !== HEADER_BYTES || header.toString("latin1", 0, 4) !== "MuSn") return undefined;
  return header.readUInt16LE(4);
}
