// What is done with the journal's file, all synchronous: runs in the worker of sqlite-journal.ts, so that a disk that takes its
// time never stops the service's own thread. Each call is one short transaction: whoever has more to do calls again, with
// appends in between.
import type { DatabaseSync } from "node:sqlite";
import { MusterError } from "@muster/proto";
import type { AcquireOptions, AppendRequest, Cursor, Ownership, OwnerTime } from "../journal.ts";
import { compactionLimit, cursorExpired, refuseCursor, refuseSnapshot } from "../kept-range.ts";
import { isOwnerGone } from "../owner.ts";
import { unreadable } from "../record.ts";
import { createBlocks } from "./sqlite-blocks.ts";
import { createCursors } from "./sqlite-cursors.ts";
import { openSqliteDatabase } from "./sqlite-database.ts";
import { isDiskFull } from "./sqlite-error.ts";
import { checkMarks, type MarkFile, openMarkFile } from "./sqlite-mark.ts";
import { createPartitions, type PartitionRow } from "./sqlite-partitions.ts";
import { createSnapshots, type FoundSnapshot, type NewChunk, snapshotDamaged } from "./sqlite-snapshots.ts";

const LEASE_MS_DEFAULT = 10_000;
/** Of the log, about, after which it is brought over into the file. */
const CHECKPOINT_BYTES = 4_194_304;
/** Of a log that is brought over elsewhere, about, after which the rest is, too: only a log without rest starts anew. */
const LOG_BYTES = 4 * CHECKPOINT_BYTES;
/** A checkpoint elsewhere that lags behind by so much is not waited for. */
export const LOG_BYTES_MAX = 4 * LOG_BYTES;
/** What a commit writes besides what is counted, about. */
const COMMIT_BYTES = 12_288;

export type SqliteStoreOptions = {
  /** Pages of 4 KiB that the file may have: more of them are as a disk without room. Default: as many as the disk holds. */
  readonly pagesMax?: number | undefined;
  /** Starts a checkpoint elsewhere, whose end is told by `endCheckpoint`. Default: checkpoints are made here. */
  readonly startCheckpoint?: () => void;
};

/** What the worker does, by the names of its messages. `wallMs` is the asker's wall clock: processes compare leases by it. */
export interface SqliteStore {
  acquire(partition: string, options: AcquireOptions, wallMs: number): Ownership;
  renew(partition: string, owner: OwnerTime, wallMs: number): void;
  release(partition: string, owner: OwnerTime, wallMs: number): void;
  /** One transaction. Answers for each request what it was refused with, if it was. */
  append(requests: readonly AppendRequest[], wallMs: number): readonly (MusterError | undefined)[];
  /**
   * The encoded records from `fromSequence` on, one after the other and verified; empty at the end. Only the first page that
   * a reader asks for may start later, where what is kept starts.
   */
  readPage(partition: string, fromSequence: number, isFirst: boolean): Uint8Array;
  /** The newest whole snapshot. */
  findSnapshot(partition: string): FoundSnapshot | undefined;
  readSnapshotChunk(partition: string, snapshot: FoundSnapshot, number: number): Uint8Array;
  /** Starts a snapshot, which nobody sees before it is finished; answers its id. */
  beginSnapshot(partition: string, epoch: number, sequence: number): number;
  addSnapshotChunks(partition: string, epoch: number, chunks: readonly NewChunk[]): void;
  finishSnapshot(partition: string, epoch: number, id: number): void;
  /** Deletes some of what stands besides the newest whole snapshot; answers whether there may be more. */
  pruneSnapshots(partition: string, epoch: number): boolean;
  /** Forgets some records; answers the oldest that is kept, and whether there may be more to forget. */
  compactSome(partition: string, epoch: number, throughSequence: number): { firstSequence: number; more: boolean };
  /** Erases the bodies of some of these records, in the file; the log may still hold them. Answers which ones are left. */
  eraseSome(partition: string, epoch: number, sequences: readonly number[]): readonly number[];
  /** Empties the log; answers false if another process is reading it. */
  emptyLog(): boolean;
  moveCursor(partition: string, epoch: number, cursor: Cursor): void;
  removeCursor(partition: string, epoch: number, name: string): void;
  readCursors(partition: string): ReadonlyMap<string, number>;
  /** A checkpoint that was started elsewhere has ended. After one that failed no later write may build on the file. */
  endCheckpoint(error: Error | undefined): void;
  close(): void;
}

/**
 * Opens the file, or makes it.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if it is another program's, a newer build's, or damaged, or something is missing
 * that was acknowledged.
 */
export function openSqliteStore(path: string, options: SqliteStoreOptions = {}): SqliteStore {
  checkMarks(path);
  const db = openSqliteDatabase(path);
  try {
    if (options.pagesMax !== undefined) db.exec(`PRAGMA max_page_count = ${options.pagesMax}`);
    return createStore({ path, db, marks: openMarkFile(path), startCheckpoint: options.startCheckpoint });
  } catch (error) {
    db.close();
    throw error;
  }
}

type StoreParts = {
  readonly path: string;
  readonly db: DatabaseSync;
  readonly marks: MarkFile;
  readonly startCheckpoint: (() => void) | undefined;
};

function createStore({ path, db, marks, startCheckpoint }: StoreParts): SqliteStore {
  const partitions = createPartitions(db);
  const blocks = createBlocks(db);
  const snapshots = createSnapshots(db);
  const cursors = createCursors(db);
  const checkpointLog = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  const emptyLog = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
  /** Of the log, about: all of it, and what came since the last checkpoint was started. */
  let logBytes = 0;
  let freshBytes = 0;
  let failure: { readonly error: unknown } | undefined;

  /** What the disk holds after a write that failed is undefined, so that no later write may build on it. */
  const failUnlessFull = (error: unknown) => {
    if (!(error instanceof MusterError) && !isDiskFull(error)) failure ??= { error };
  };
  const attempt = <Result>(work: () => Result): Result => {
    if (failure) throw failure.error;
    try {
      db.exec("BEGIN IMMEDIATE");
      const result = work();
      db.exec("COMMIT");
      count(COMMIT_BYTES);
      return result;
    } catch (error) {
      failUnlessFull(error);
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  };
  /** What `read` sees is of one moment, whatever another process writes or forgets meanwhile. */
  const atOneMoment = <Result>(read: () => Result): Result => {
    db.exec("BEGIN");
    try {
      return read();
    } finally {
      db.exec("COMMIT");
    }
  };
  /** Brings the log over into the file, as far as nobody reads it: its room is used again. */
  const checkpoint = () => {
    logBytes = 0;
    freshBytes = 0;
    try {
      checkpointLog.get();
    } catch (error) {
      failUnlessFull(error); // Without room the log keeps what it has, until there is some.
      if (failure) throw failure.error;
    }
  };
  const keepLogShort = () => {
    if (logBytes >= LOG_BYTES_MAX || (!startCheckpoint && logBytes >= CHECKPOINT_BYTES)) return checkpoint();
    if (freshBytes < CHECKPOINT_BYTES) return;
    freshBytes = 0;
    startCheckpoint?.();
  };
  const count = (bytes: number) => {
    logBytes += bytes;
    freshBytes += bytes;
  };
  const transact = <Result>(work: () => Result): Result => {
    const result = retryOnceIf(isDiskFull, () => attempt(work), checkpoint);
    keepLogShort();
    return result;
  };
  /** As `transact`, for what may be lost by a power cut: it is durable with the next commit that is. */
  const transactLazily = <Result>(work: () => Result): Result => {
    if (failure) throw failure.error;
    db.exec("PRAGMA synchronous = NORMAL");
    try {
      return transact(work);
    } finally {
      db.exec("PRAGMA synchronous = FULL");
    }
  };
  const mark = ({ number, epoch, last_sequence: sequence }: PartitionRow) => {
    try {
      marks.write({ number, epoch, sequence });
    } catch (error) {
      failure ??= { error };
      throw error;
    }
  };

  return {
    acquire(name, { owner, takeOver = false, leaseMs = LEASE_MS_DEFAULT }, wallMs) {
      const row = transact(() => {
        const before = partitions.find(name) ?? partitions.create(name);
        const holder = before.owner;
        const isHeld = holder !== null && holder !== owner && isLeaseFresh(before, wallMs) && !isOwnerGone(holder);
        if (isHeld && !takeOver) {
          throw new MusterError(
            "PARTITION_OWNED",
            `Cannot own ${name} of ${path} as one owner holds it: it is held by process ${holder}`,
            { metadata: { owner: holder } },
          );
        }
        const { last_sequence } = before;
        const isWhole = Buffer.from(before.last_hash).equals(blocks.hashAt(before, last_sequence));
        if (!isWhole) throw unreadable(name, last_sequence, "the last of its chain: it is another one");
        const forgotten = before.first_sequence - 1;
        const isHeldBySnapshot = (snapshots.findSequence(before) ?? 0) >= forgotten;
        if (!isHeldBySnapshot) throw unreadable(name, forgotten, "a snapshot holds it: there is none that does");
        const lease = { lease_until_ms: wallMs + leaseMs, lease_ms: leaseMs };
        const owned = { ...before, ...lease, owner, epoch: before.epoch + 1 };
        partitions.save(owned);
        return owned;
      });
      mark(row);
      return {
        epoch: row.epoch,
        firstSequence: row.first_sequence,
        lastSequence: row.last_sequence,
        lastTimeMs: row.last_time_ms,
        lastWallMs: row.last_wall_ms,
      };
    },
    renew(name, { epoch, timeMs }, wallMs) {
      transact(() => {
        const row = partitions.getOwned(name, epoch);
        partitions.save({ ...row, ...laterTime(row, timeMs, wallMs), lease_until_ms: wallMs + row.lease_ms });
      });
    },
    release(name, { epoch, timeMs }, wallMs) {
      transact(() => {
        const row = partitions.find(name);
        if (row?.epoch !== epoch || row.owner === null) return;
        partitions.save({ ...row, ...laterTime(row, timeMs, wallMs), owner: null });
      });
    },
    append(requests, wallMs) {
      const appendOne = ({ partition: name, epoch, afterSequence, records }: AppendRequest): PartitionRow => {
        const row = partitions.getOwned(name, epoch);
        if (row.last_sequence !== afterSequence) {
          throw new MusterError(
            "SEQUENCE_CONFLICT",
            `Cannot append to ${name} after ${afterSequence}: it ends at ${row.last_sequence}`,
          );
        }
        const appended = blocks.append(row, records);
        count(appended.bytes);
        const changed = { ...appended.row, ...laterTime(row, records.at(-1)?.timeMs ?? 0, wallMs) };
        partitions.save(changed);
        return changed;
      };
      const outcomes = transact(() =>
        requests.map((request) => {
          try {
            return appendOne(request);
          } catch (error) {
            // Refused before it wrote anything; the others of the transaction stand.
            if (error instanceof MusterError) return error;
            throw error;
          }
        }),
      );
      for (const outcome of outcomes) if (!(outcome instanceof MusterError)) mark(outcome);
      return outcomes.map((outcome) => (outcome instanceof MusterError ? outcome : undefined));
    },
    readPage(name, fromSequence, isFirst) {
      return atOneMoment(() => {
        const row = partitions.find(name);
        if (!row) return new Uint8Array();
        if (!isFirst && fromSequence < row.first_sequence) {
          throw cursorExpired(name, fromSequence - 1, row.first_sequence);
        }
        return blocks.readPage(row, Math.max(fromSequence, row.first_sequence));
      });
    },
    findSnapshot(name) {
      return atOneMoment(() => {
        const row = partitions.find(name);
        const found = row && snapshots.find(row);
        if (!found) return undefined;
        const { id, sequence, chunks, hash } = found;
        // The record after the snapshot's must go on from it. If it is not kept, the snapshot is of no use.
        const isOfChain = sequence >= row.first_sequence - 1 && sequence <= row.last_sequence;
        if (!isOfChain || !Buffer.from(blocks.hashAt(row, sequence)).equals(hash)) {
          throw snapshotDamaged(name, sequence);
        }
        return { id, sequence, chunks };
      });
    },
    readSnapshotChunk(name, snapshot, number) {
      return atOneMoment(() => {
        const row = partitions.find(name);
        if (!row) throw snapshotDamaged(name, snapshot.sequence);
        return snapshots.readChunk(row, snapshot, number);
      });
    },
    beginSnapshot(name, epoch, sequence) {
      return transact(() => {
        const row = partitions.getOwned(name, epoch);
        const snapshotSequence = snapshots.findSequence(row);
        refuseSnapshot(name, sequence, { lastSequence: row.last_sequence, snapshotSequence });
        return snapshots.begin(row, sequence);
      });
    },
    addSnapshotChunks(name, epoch, chunks) {
      // A snapshot is none before it is finished, by a commit that waits for the disk.
      transactLazily(() => {
        const row = partitions.getOwned(name, epoch);
        for (const chunk of chunks) snapshots.addChunk(row, chunk);
      });
      for (const { bytes } of chunks) count(bytes.length);
    },
    finishSnapshot(name, epoch, id) {
      transact(() => {
        const row = partitions.getOwned(name, epoch);
        snapshots.finish(row, id, (sequence) => blocks.hashAt(row, sequence));
      });
    },
    pruneSnapshots(name, epoch) {
      // What a power cut brings back is pruned before the next one.
      const prunedBytes = transactLazily(() => snapshots.pruneSome(partitions.getOwned(name, epoch)));
      count(prunedBytes ?? 0); // What is deleted is overwritten.
      return prunedBytes !== undefined;
    },
    compactSome(name, epoch, throughSequence) {
      return transact(() => {
        const row = partitions.getOwned(name, epoch);
        const needs = { snapshotSequence: snapshots.findSequence(row), cursors: cursors.read(row).values() };
        const limit = compactionLimit(throughSequence, needs);
        if (limit < row.first_sequence) return { firstSequence: row.first_sequence, more: false };
        const forgotten = blocks.forgetSome(row, limit);
        partitions.save(forgotten.row);
        count(forgotten.bytes);
        const firstSequence = forgotten.row.first_sequence;
        return { firstSequence, more: firstSequence <= limit };
      });
    },
    eraseSome(name, epoch, sequences) {
      const { left, bytes } = transact(() => blocks.eraseSome(partitions.getOwned(name, epoch), sequences));
      count(bytes);
      return left;
    },
    emptyLog() {
      if (failure) throw failure.error;
      try {
        return Number(emptyLog.get()?.busy) === 0;
      } catch (error) {
        failUnlessFull(error);
        throw error;
      }
    },
    moveCursor(name, epoch, cursor) {
      transact(() => {
        const row = partitions.getOwned(name, epoch);
        refuseCursor(name, cursor, { firstSequence: row.first_sequence, lastSequence: row.last_sequence });
        cursors.move(row, cursor);
      });
    },
    removeCursor(name, epoch, cursorName) {
      transact(() => cursors.remove(partitions.getOwned(name, epoch), cursorName));
    },
    readCursors(name) {
      const row = partitions.find(name);
      return row ? cursors.read(row) : new Map();
    },
    endCheckpoint(error) {
      if (error) failUnlessFull(error);
      else if (!failure && logBytes >= LOG_BYTES) checkpoint();
    },
    close() {
      marks[Symbol.dispose]();
      db.close();
    },
  };
}

/** Journal time as the partition knows it never goes back. */
function laterTime(row: PartitionRow, timeMs: number, wallMs: number): Partial<PartitionRow> {
  return { last_time_ms: Math.max(row.last_time_ms, timeMs), last_wall_ms: wallMs };
}

/** A lease that runs longer than it ever could was written before the wall clock went back: it says nothing. */
function isLeaseFresh(row: PartitionRow, wallMs: number): boolean {
  const leftMs = row.lease_until_ms - wallMs;
  return leftMs > 0 && leftMs <= row.lease_ms;
}

/** The outcome of `work`; of a second try, after `makeRoom`, if it fails as `isWorthIt` says. */
function retryOnceIf<Result>(isWorthIt: (error: unknown) => boolean, work: () => Result, makeRoom: () => void): Result {
  try {
    return work();
  } catch (error) {
    if (!isWorthIt(error)) throw error;
  }
  makeRoom();
  return work();
}
