// The journal without a disk, for tests and simulations: it outlives its users, and can lose what was not durable yet.
import { type Clock, systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { Journal, Snapshot, StoredRecord } from "./journal.ts";

export interface MemoryJournal extends Journal {
  /** What a power cut does: appends that are under way are lost, and reject; leases are as if their owners were dead. */
  crash(): void;
}

export type MemoryJournalOptions = {
  readonly clock?: Clock;
  /** Waits as long as a disk would take for one append, in ms. Default: not at all. */
  readonly writeMs?: () => number;
};

type Partition = {
  epoch: number;
  owner: string | undefined;
  leaseMs: number;
  leaseUntilMs: number;
  lastTimeMs: number;
  lastWallMs: number;
  readonly records: StoredRecord[];
  snapshot: Snapshot | undefined;
};

/** An empty journal. */
export function createMemoryJournal(options: MemoryJournalOptions = {}): MemoryJournal {
  const { clock = systemClock, writeMs } = options;
  const partitions = new Map<string, Partition>();
  let life = new AbortController();

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
        snapshot: undefined,
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
  const write = async () => {
    const { signal } = life;
    if (writeMs) await clock.sleep(writeMs(), signal);
    signal.throwIfAborted();
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
        lastSequence: partition.records.length,
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
      await write();
      const partition = owned(name, epoch);
      const last = partition.records.length;
      if (last !== afterSequence) {
        throw new MusterError(
          "SEQUENCE_CONFLICT",
          `Cannot append to ${name} after ${afterSequence}: it ends at ${last}`,
        );
      }
      for (const [index, record] of records.entries()) {
        partition.records.push({ ...record, body: record.body.slice(), sequence: afterSequence + 1 + index, epoch });
      }
      noteTime(partition, records.at(-1)?.timeMs ?? 0);
    },
    async *read(name, fromSequence) {
      yield* partitionOf(name).records.slice(Math.max(fromSequence - 1, 0));
    },
    async readSnapshot(name) {
      return partitionOf(name).snapshot;
    },
    async writeSnapshot(name, epoch, snapshot) {
      await write();
      owned(name, epoch).snapshot = { sequence: snapshot.sequence, bytes: snapshot.bytes.slice() };
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
