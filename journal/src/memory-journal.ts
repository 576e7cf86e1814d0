// The journal without a disk, for tests and simulations: it outlives its users, and can lose what was not durable yet.
import { type Clock, invariant, systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { type Journal, SNAPSHOT_CHUNK_BYTES_MAX, type StoredRecord } from "./journal.ts";
import { compactionLimit, cursorExpired, refuseCursor, refuseSnapshot } from "./kept-range.ts";

export interface MemoryJournal extends Journal {
  /** What a power cut does: writes that are under way are lost, and reject; leases are as if their owners were dead. */
  crash(): void;
}

export type MemoryJournalOptions = {
  readonly clock?: Clock;
  /** Waits as long as a disk would take for one append, in ms. Default: not at all. */
  readonly writeMs?: () => number;
  /** Whether the disk has no room left for what is written now. Default: it always has. */
  readonly isFull?: () => boolean;
};

type Partition = {
  epoch: number;
  owner: string | undefined;
  leaseMs: number;
  leaseUntilMs: number;
  lastTimeMs: number;
  lastWallMs: number;
  /** The records that are kept, from `firstSequence` on. */
  records: StoredRecord[];
  firstSequence: number;
  snapshot: { readonly sequence: number; readonly chunks: readonly Uint8Array[] } | undefined;
  readonly cursors: Map<string, number>;
};

/** An empty journal. */
export function createMemoryJournal(options: MemoryJournalOptions = {}): MemoryJournal {
  const { clock = systemClock, writeMs, isFull = () => false } = options;
  const partitions = new Map<string, Partition>();
  let life = new AbortController();
  let lastWrite: Promise<void> = Promise.resolve();

  const partitionOf = (name: string): Partition => {
    let partition = partitions.get(name);
    if (!partition) {
      partition = {
        epoch: 0,
        owner: undefined,
        leaseMs: 0,
        leaseUntilMs: 0,
        lastTimeMs: 0,
        lastWallMs: 0,
        records: [],
        firstSequence: 1,
        snapshot: undefined,
        cursors: new Map(),
      };
      partitions.set(name, partition);
    }
    return partition;
  };
  const owned = (name: string, epoch: number): Partition => {
    const partition = partitionOf(name);
    if (partition.epoch === epoch && partition.owner !== undefined) return partition;
    throw new MusterError("EPOCH_STALE", `Cannot write ${name} as epoch ${epoch}: it is at epoch ${partition.epoch}`);
  };
  const noteTime = (partition: Partition, timeMs: number) => {
    partition.lastTimeMs = Math.max(partition.lastTimeMs, timeMs);
    partition.lastWallMs = clock.wallMs();
  };
  /** The partition, after as long as the disk takes, and after the writes that were asked for before. */
  const write = async (name: string, epoch: number): Promise<Partition> => {
    const { signal } = life;
    const before = lastWrite;
    let end: () => void = () => undefined;
    lastWrite = new Promise((resolve) => {
      end = resolve;
    });
    try {
      await before;
      if (writeMs) await clock.sleep(writeMs(), signal);
      signal.throwIfAborted();
      const partition = owned(name, epoch);
      if (isFull()) throw new MusterError("JOURNAL_FULL", `Cannot write ${name} as the disk is full`);
      return partition;
    } finally {
      end();
    }
  };

  return {
    async acquire(name, { owner, takeOver = false, leaseMs = 10_000 }) {
      const partition = partitionOf(name);
      const fresh =
        partition.owner !== undefined && partition.owner !== owner && partition.leaseUntilMs > clock.nowMs();
      if (fresh && !takeOver) {
        throw new MusterError(
          "PARTITION_OWNED",
          `Cannot own ${name} as one owner holds it: it is ${partition.owner}'s`,
          { metadata: { owner: partition.owner ?? "" } },
        );
      }
      partition.epoch += 1;
      partition.owner = owner;
      partition.leaseMs = leaseMs;
      partition.leaseUntilMs = clock.nowMs() + leaseMs;
      return {
        epoch: partition.epoch,
        firstSequence: partition.firstSequence,
        lastSequence: lastSequenceOf(partition),
        lastTimeMs: partition.lastTimeMs,
        lastWallMs: partition.lastWallMs,
      };
    },
    async renew(name, { epoch, timeMs }) {
      const partition = owned(name, epoch);
      partition.leaseUntilMs = clock.nowMs() + partition.leaseMs;
      noteTime(partition, timeMs);
    },
    async release(name, { epoch, timeMs }) {
      const partition = partitionOf(name);
      if (partition.epoch !== epoch || partition.owner === undefined) return;
      partition.owner = undefined;
      noteTime(partition, timeMs);
    },
    async append({ partition: name, epoch, afterSequence, records }) {
      const partition = await write(name, epoch);
      const last = lastSequenceOf(partition);
      if (last !== afterSequence) {
        throw new MusterError(
          "SEQUENCE_CONFLICT",
          `Cannot append to ${name} after ${afterSequence}: it ends at ${last}`,
        );
      }
      for (const [index, { timeMs, kind, body }] of records.entries()) {
        const sequence = afterSequence + 1 + index;
        partition.records.push({ timeMs, kind, body: body.slice(), sequence, epoch, erased: false });
      }
      noteTime(partition, records.at(-1)?.timeMs ?? 0);
    },
    async *read(name, fromSequence) {
      const partition = partitionOf(name);
      let next = Math.max(fromSequence, partition.firstSequence);
      for (;;) {
        if (next < partition.firstSequence) throw cursorExpired(name, next - 1, partition.firstSequence);
        const record = partition.records[next - partition.firstSequence];
        if (!record) return;
        yield record;
        next += 1;
      }
    },
    async readSnapshot(name) {
      const { snapshot } = partitionOf(name);
      return snapshot && { sequence: snapshot.sequence, chunks: readChunks(snapshot.chunks) };
    },
    async writeSnapshot(name, epoch, { sequence, chunks }) {
      const refuse = (partition: Partition) =>
        refuseSnapshot(name, sequence, {
          lastSequence: lastSequenceOf(partition),
          snapshotSequence: partition.snapshot?.sequence,
        });
      refuse(owned(name, epoch));
      const draft: Uint8Array[] = [];
      for await (const chunk of chunks) {
        invariant(chunk.length <= SNAPSHOT_CHUNK_BYTES_MAX, "A snapshot's chunk is at most SNAPSHOT_CHUNK_BYTES_MAX");
        await write(name, epoch);
        draft.push(chunk.slice());
      }
      const partition = await write(name, epoch);
      refuse(partition);
      partition.snapshot = { sequence, chunks: draft };
    },
    async compact(name, epoch, throughSequence) {
      const partition = await write(name, epoch);
      const limit = compactionLimit(throughSequence, {
        snapshotSequence: partition.snapshot?.sequence,
        cursors: partition.cursors.values(),
      });
      if (limit >= partition.firstSequence) {
        partition.records = partition.records.slice(limit + 1 - partition.firstSequence);
        partition.firstSequence = limit + 1;
      }
      return partition.firstSequence;
    },
    async eraseBodies(name, epoch, sequences) {
      const partition = await write(name, epoch);
      for (const sequence of sequences) {
        const index = sequence - partition.firstSequence;
        const record = partition.records[index];
        if (record && record.body.length > 0) {
          partition.records[index] = { ...record, body: new Uint8Array(), erased: true };
        }
      }
    },
    async moveCursor(name, epoch, cursor) {
      const partition = await write(name, epoch);
      const { firstSequence } = partition;
      refuseCursor(name, cursor, { firstSequence, lastSequence: lastSequenceOf(partition) });
      partition.cursors.set(cursor.name, cursor.sequence);
    },
    async removeCursor(name, epoch, cursorName) {
      const partition = await write(name, epoch);
      partition.cursors.delete(cursorName);
    },
    async readCursors(name) {
      return new Map(partitionOf(name).cursors);
    },
    crash() {
      for (const partition of partitions.values()) partition.owner = undefined;
      life.abort(new MusterError("SERVICE_NOT_READY", "Cannot append as the disk lost power"));
      life = new AbortController();
    },
    async [Symbol.asyncDispose]() {
      life.abort(new MusterError("SERVICE_NOT_READY", "Cannot append as the journal is closed"));
    },
  };
}

function lastSequenceOf({ firstSequence, records }: Partition): number {
  return firstSequence - 1 + records.length;
}

async function* readChunks(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
