// The journal's tables and what is done with them, all synchronous: runs in the worker of sqlite-journal.ts, so that a disk
// that takes its time never stops the service's own thread. Each call is one short transaction: whoever has more to do calls
// again, with appends in between.
import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { MusterError } from "@muster/proto";
import {
  type AcquireOptions,
  type AppendRequest,
  type Cursor,
  type Ownership,
  type OwnerTime,
  SNAPSHOT_CHUNK_BYTES_MAX,
} from "./journal.ts";
import { compactionLimit, cursorExpired, refuseCursor, refuseSnapshot } from "./kept-range.ts";
import { isOwnerGone } from "./owner.ts";
import { encodeRecord, eraseBody, unreadable, verifyRecord } from "./record.ts";
import { openSqliteDatabase } from "./sqlite-database.ts";
import { isDiskFull } from "./sqlite-error.ts";

const LEASE_MS_DEFAULT = 10_000;

type PartitionRow = {
  name: string;
  number: number;
  epoch: number;
  owner: string | null;
  lease_until_ms: number;
  lease_ms: number;
  last_time_ms: number;
  last_wall_ms: number;
  first_sequence: number;
  base_hash: Uint8Array;
};

type RecordRow = { sequence: number; bytes: Uint8Array };
type SnapshotRow = { id: number; sequence: number; hash: Uint8Array; digest: Uint8Array };
type ChunkRow = { hash: Uint8Array; bytes: Uint8Array };
type Tail = { readonly sequence: number; readonly hash: Uint8Array };

/** Records of one page, so that no read transaction is long, and no message large. */
const PAGE_RECORDS_MAX = 1_000;
const PAGE_BYTES_MAX = 1_048_576;
/** Records that one call forgets or erases: about as much to write as one busy commit. */
const STEP_RECORDS_MAX = 1_000;
/** What such a call writes, about. */
const STEP_BYTES = 262_144;
/** Of the log, about, after which it is brought over into the file. */
const CHECKPOINT_BYTES = 16_777_216;

/** A snapshot to be read, chunk by chunk. */
export type FoundSnapshot = { readonly id: number; readonly sequence: number; readonly chunks: number };

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
  addSnapshotChunk(partition: string, epoch: number, chunk: { id: number; number: number; bytes: Uint8Array }): void;
  finishSnapshot(partition: string, epoch: number, id: number): void;
  /** Deletes some of what stands besides the newest whole snapshot; answers whether there may be more. */
  pruneSnapshots(partition: string, epoch: number): boolean;
  /** Forgets some records; answers the oldest that is kept, and whether there may be more to forget. */
  compactSome(partition: string, epoch: number, throughSequence: number): { firstSequence: number; more: boolean };
  /** Erases the bodies of at most STEP_RECORDS_MAX records, in the file; the log next to it may still hold them. */
  eraseSome(partition: string, epoch: number, sequences: readonly number[]): void;
  /** Empties the log; answers false if another process is reading it. */
  emptyLog(): boolean;
  moveCursor(partition: string, epoch: number, cursor: Cursor): void;
  removeCursor(partition: string, epoch: number, name: string): void;
  readCursors(partition: string): ReadonlyMap<string, number>;
  close(): void;
}

/**
 * Opens the file, or makes it.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if it is another program's, a newer build's, or damaged.
 */
export function openSqliteStore(path: string): SqliteStore {
  const db = openSqliteDatabase(path);
  const tails = new Map<string, Tail>();
  let logBytes = 0;
  let failure: { readonly error: unknown } | undefined;
  const findPartition = db.prepare("SELECT * FROM partition WHERE name = ?");
  const upsertPartition = db.prepare(
    `INSERT INTO partition (name, number, epoch, owner, lease_until_ms, lease_ms, last_time_ms, last_wall_ms)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0)
     ON CONFLICT (name) DO UPDATE SET epoch = ?3, owner = ?4, lease_until_ms = ?5, lease_ms = ?6`,
  );
  const noteTime = db.prepare(
    "UPDATE partition SET last_time_ms = max(last_time_ms, ?), last_wall_ms = ? WHERE number = ?",
  );
  const extendLease = db.prepare("UPDATE partition SET lease_until_ms = ? + lease_ms WHERE number = ?");
  const freePartition = db.prepare("UPDATE partition SET owner = NULL WHERE number = ?");
  const noteKept = db.prepare("UPDATE partition SET first_sequence = ?, base_hash = ? WHERE number = ?");
  const insertRecord = db.prepare("INSERT INTO record (partition, sequence, bytes) VALUES (?, ?, ?)");
  const updateRecord = db.prepare("UPDATE record SET bytes = ? WHERE partition = ? AND sequence = ?");
  const deleteRecords = db.prepare("DELETE FROM record WHERE partition = ? AND sequence <= ?");
  const selectLast = db.prepare(
    "SELECT sequence, bytes FROM record WHERE partition = ? ORDER BY sequence DESC LIMIT 1",
  );
  const selectRecord = db.prepare("SELECT sequence, bytes FROM record WHERE partition = ? AND sequence = ?");
  const selectFrom = db.prepare(
    "SELECT sequence, bytes FROM record WHERE partition = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
  );
  const selectSnapshot = db.prepare(
    "SELECT * FROM snapshot WHERE partition = ? AND digest IS NOT NULL ORDER BY id DESC LIMIT 1",
  );
  const insertSnapshot = db.prepare(
    "INSERT INTO snapshot (id, partition, sequence) SELECT coalesce(max(id), 0) + 1, ?, ? FROM snapshot RETURNING id",
  );
  const selectDraft = db.prepare("SELECT sequence FROM snapshot WHERE id = ? AND partition = ? AND digest IS NULL");
  const finishDraft = db.prepare("UPDATE snapshot SET hash = ?, digest = ? WHERE id = ?");
  const insertChunk = db.prepare("INSERT INTO snapshot_chunk (snapshot, number, hash, bytes) VALUES (?, ?, ?, ?)");
  const selectChunk = db.prepare("SELECT hash, bytes FROM snapshot_chunk WHERE snapshot = ? AND number = ?");
  const selectHashes = db.prepare("SELECT hash FROM snapshot_chunk WHERE snapshot = ? ORDER BY number");
  const selectStale = db.prepare("SELECT id FROM snapshot WHERE partition = ? AND id <> ? LIMIT 1");
  const deleteChunk = db.prepare(
    `DELETE FROM snapshot_chunk WHERE snapshot = ?1
     AND number = (SELECT max(number) FROM snapshot_chunk WHERE snapshot = ?1)`,
  );
  const deleteSnapshot = db.prepare("DELETE FROM snapshot WHERE id = ?");
  const upsertCursor = db.prepare("INSERT OR REPLACE INTO cursor (partition, name, sequence) VALUES (?, ?, ?)");
  const deleteCursor = db.prepare("DELETE FROM cursor WHERE partition = ? AND name = ?");
  const selectCursors = db.prepare("SELECT name, sequence FROM cursor WHERE partition = ? ORDER BY name");

  const transact = <Result>(work: () => Result): Result => {
    // What the disk holds after a write that failed is undefined, so that no later write may build on it. A disk without room
    // is another matter: it refuses before it writes.
    if (failure) throw failure.error;
    try {
      db.exec("BEGIN IMMEDIATE");
      const result = work();
      db.exec("COMMIT");
      checkpoint();
      return result;
    } catch (error) {
      if (!(error instanceof MusterError) && !isDiskFull(error)) failure = { error };
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  };
  /** Brings the log over into the file when it has become long. */
  const checkpoint = () => {
    if (logBytes < CHECKPOINT_BYTES) return;
    logBytes = 0;
    try {
      db.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
    } catch (error) {
      if (!isDiskFull(error)) throw error; // Without room the log keeps what it has, until there is some.
    }
  };
  const partitionRow = (name: string) => findPartition.get(name) as PartitionRow | undefined;
  const ownedRow = (name: string, epoch: number): PartitionRow => {
    const row = partitionRow(name);
    if (row && row.epoch === epoch && row.owner !== null) return row;
    throw new MusterError("EPOCH_STALE", `Cannot write ${name} as epoch ${epoch}: it is at epoch ${row?.epoch ?? 0}`);
  };
  const tailOf = (row: PartitionRow): Tail => {
    const last = selectLast.get(row.number) as RecordRow | undefined;
    if (!last) return { sequence: row.first_sequence - 1, hash: row.base_hash };
    return { sequence: last.sequence, hash: hashOf(row.name, last) };
  };
  /** What the record after `sequence` must carry. */
  const hashAt = (row: PartitionRow, sequence: number): Uint8Array => {
    if (sequence === row.first_sequence - 1) return row.base_hash;
    const record = selectRecord.get(row.number, sequence) as RecordRow | undefined;
    if (!record) throw unreadable(row.name, sequence, "it is kept: it is missing");
    return hashOf(row.name, record);
  };
  const findWhole = (row: PartitionRow) => selectSnapshot.get(row.number) as SnapshotRow | undefined;
  const digestOf = (id: number) => {
    const hashes = selectHashes.all(id) as Pick<ChunkRow, "hash">[];
    const digest = createHash("sha256");
    for (const { hash } of hashes) digest.update(hash);
    return { chunks: hashes.length, digest: digest.digest() };
  };
  const draftOf = (row: PartitionRow, id: number): Pick<SnapshotRow, "sequence"> => {
    const draft = selectDraft.get(id, row.number) as Pick<SnapshotRow, "sequence"> | undefined;
    if (draft) return draft;
    throw new MusterError("SEQUENCE_CONFLICT", `Cannot go on with a snapshot of ${row.name}: another one was started`);
  };
  const cursorsOf = (row: PartitionRow) =>
    new Map((selectCursors.all(row.number) as Cursor[]).map(({ name, sequence }) => [name, sequence]));

  return {
    acquire(name, { owner, takeOver = false, leaseMs = LEASE_MS_DEFAULT }, wallMs) {
      return transact(() => {
        const row = partitionRow(name);
        if (row?.owner && row.owner !== owner && !takeOver && isLeaseFresh(row, wallMs) && !isOwnerGone(row.owner)) {
          throw new MusterError(
            "PARTITION_OWNED",
            `Cannot own ${name} of ${path} as one owner holds it: it is held by process ${row.owner}`,
            { metadata: { owner: row.owner } },
          );
        }
        const number = row?.number ?? countPartitions(db) + 1;
        const epoch = (row?.epoch ?? 0) + 1;
        upsertPartition.run(name, number, epoch, owner, wallMs + leaseMs, leaseMs);
        const owned = ownedRow(name, epoch);
        const tail = tailOf(owned);
        tails.set(name, tail);
        return {
          epoch,
          firstSequence: owned.first_sequence,
          lastSequence: tail.sequence,
          lastTimeMs: owned.last_time_ms,
          lastWallMs: owned.last_wall_ms,
        };
      });
    },
    renew(name, { epoch, timeMs }, wallMs) {
      transact(() => {
        const { number } = ownedRow(name, epoch);
        extendLease.run(wallMs, number);
        noteTime.run(timeMs, wallMs, number);
      });
    },
    release(name, { epoch, timeMs }, wallMs) {
      transact(() => {
        const row = partitionRow(name);
        if (row?.epoch !== epoch || row.owner === null) return;
        freePartition.run(row.number);
        noteTime.run(timeMs, wallMs, row.number);
      });
    },
    append(requests, wallMs) {
      const written = new Map<string, Tail>();
      const appendOne = ({ partition: name, epoch, afterSequence, records }: AppendRequest) => {
        const row = ownedRow(name, epoch);
        const last = written.get(name) ?? tails.get(name) ?? tailOf(row);
        if (last.sequence !== afterSequence) {
          throw new MusterError(
            "SEQUENCE_CONFLICT",
            `Cannot append to ${name} after ${afterSequence}: it ends at ${last.sequence}`,
          );
        }
        let { sequence, hash: previousHash } = last;
        for (const record of records) {
          sequence += 1;
          const { bytes, hash } = encodeRecord(record, { partition: name, epoch, sequence, previousHash });
          insertRecord.run(row.number, sequence, bytes);
          logBytes += bytes.length;
          previousHash = hash;
        }
        noteTime.run(records.at(-1)?.timeMs ?? 0, wallMs, row.number);
        written.set(name, { sequence, hash: previousHash });
      };
      const refusals = transact(() =>
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
      for (const [name, tail] of written) tails.set(name, tail);
      return refusals.map((refusal) => refusal ?? undefined);
    },
    readPage(name, fromSequence, isFirst) {
      const row = partitionRow(name);
      if (!row) return new Uint8Array();
      if (!isFirst && fromSequence < row.first_sequence)
        throw cursorExpired(name, fromSequence - 1, row.first_sequence);
      const first = Math.max(fromSequence, row.first_sequence);
      const found: Uint8Array[] = [];
      let pageBytes = 0;
      let previousHash: Uint8Array | undefined;
      for (const record of selectFrom.iterate(row.number, first, PAGE_RECORDS_MAX)) {
        const { bytes } = record as RecordRow;
        previousHash ??= hashAt(row, first - 1);
        previousHash = verifyRecord(bytes, { partition: name, sequence: first + found.length, previousHash });
        found.push(bytes);
        pageBytes += bytes.length;
        if (pageBytes >= PAGE_BYTES_MAX) break;
      }
      const page = new Uint8Array(pageBytes);
      let offset = 0;
      for (const bytes of found) {
        page.set(bytes, offset);
        offset += bytes.length;
      }
      return page;
    },
    findSnapshot(name) {
      const row = partitionRow(name);
      const found = row && findWhole(row);
      if (!found) return undefined;
      const { id, sequence } = found;
      const { chunks, digest } = digestOf(id);
      if (!digest.equals(found.digest)) throw snapshotDamaged(name, sequence);
      // Where the snapshot's own record is kept, or the one after it, their chain must be the one that it was made from.
      const isLinked = sequence >= row.first_sequence - 1;
      if (isLinked && !Buffer.from(hashAt(row, sequence)).equals(found.hash)) throw snapshotDamaged(name, sequence);
      return { id, sequence, chunks };
    },
    readSnapshotChunk(name, { id, sequence }, number) {
      const chunk = selectChunk.get(id, number) as ChunkRow | undefined;
      const row = partitionRow(name);
      if (!chunk && row && findWhole(row)?.id !== id) {
        throw new MusterError(
          "CURSOR_EXPIRED",
          `Cannot read on in the snapshot of ${name} at record ${sequence} as a newer one took its place`,
        );
      }
      if (!chunk || !sha256(chunk.bytes).equals(chunk.hash)) throw snapshotDamaged(name, sequence);
      return new Uint8Array(chunk.bytes);
    },
    beginSnapshot(name, epoch, sequence) {
      return transact(() => {
        const row = ownedRow(name, epoch);
        const kept = { lastSequence: tailOf(row).sequence, snapshotSequence: findWhole(row)?.sequence };
        refuseSnapshot(name, sequence, kept);
        return (insertSnapshot.get(row.number, sequence) as Pick<SnapshotRow, "id">).id;
      });
    },
    addSnapshotChunk(name, epoch, { id, number, bytes }) {
      transact(() => {
        draftOf(ownedRow(name, epoch), id);
        insertChunk.run(id, number, sha256(bytes), bytes);
        logBytes += bytes.length;
      });
    },
    finishSnapshot(name, epoch, id) {
      transact(() => {
        const row = ownedRow(name, epoch);
        const { sequence } = draftOf(row, id);
        finishDraft.run(hashAt(row, sequence), digestOf(id).digest, id);
      });
    },
    pruneSnapshots(name, epoch) {
      return transact(() => {
        const row = ownedRow(name, epoch);
        const stale = selectStale.get(row.number, findWhole(row)?.id ?? 0) as Pick<SnapshotRow, "id"> | undefined;
        if (!stale) return false;
        const { changes } = deleteChunk.run(stale.id);
        if (changes === 0) deleteSnapshot.run(stale.id);
        logBytes += SNAPSHOT_CHUNK_BYTES_MAX; // Overwritten with zeros.
        return true;
      });
    },
    compactSome(name, epoch, throughSequence) {
      return transact(() => {
        const row = ownedRow(name, epoch);
        const first = row.first_sequence;
        const snapshotSequence = findWhole(row)?.sequence;
        const limit = compactionLimit(throughSequence, { snapshotSequence, cursors: cursorsOf(row).values() });
        if (limit < first) return { firstSequence: first, more: false };
        const last = Math.min(limit, first + STEP_RECORDS_MAX - 1);
        const hash = hashAt(row, last);
        deleteRecords.run(row.number, last);
        noteKept.run(last + 1, hash, row.number);
        logBytes += STEP_BYTES;
        return { firstSequence: last + 1, more: last < limit };
      });
    },
    eraseSome(name, epoch, sequences) {
      transact(() => {
        const { number } = ownedRow(name, epoch);
        for (const sequence of sequences) {
          const record = selectRecord.get(number, sequence) as RecordRow | undefined;
          if (!record) continue;
          hashOf(name, record); // What is damaged must not look as if it had been erased.
          updateRecord.run(eraseBody(record.bytes), number, sequence);
        }
        logBytes += STEP_BYTES;
      });
    },
    emptyLog() {
      if (failure) throw failure.error;
      try {
        const done = db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
        return Number(done?.busy) === 0;
      } catch (error) {
        if (!isDiskFull(error)) failure = { error };
        throw error;
      }
    },
    moveCursor(name, epoch, cursor) {
      transact(() => {
        const row = ownedRow(name, epoch);
        refuseCursor(name, cursor, { firstSequence: row.first_sequence, lastSequence: tailOf(row).sequence });
        upsertCursor.run(row.number, cursor.name, cursor.sequence);
      });
    },
    removeCursor(name, epoch, cursorName) {
      transact(() => deleteCursor.run(ownedRow(name, epoch).number, cursorName));
    },
    readCursors(name) {
      const row = partitionRow(name);
      return row ? cursorsOf(row) : new Map();
    },
    close: () => db.close(),
  };
}

/** A lease that runs longer than it ever could was written before the wall clock went back: it says nothing. */
function isLeaseFresh(row: PartitionRow, wallMs: number): boolean {
  const leftMs = row.lease_until_ms - wallMs;
  return leftMs > 0 && leftMs <= row.lease_ms;
}

/** The hash of a record whose predecessor is not looked at: whoever reads the whole journal does that. */
function hashOf(partition: string, { sequence, bytes }: RecordRow): Uint8Array {
  return verifyRecord(bytes, { partition, sequence, previousHash: undefined });
}

function snapshotDamaged(partition: string, sequence: number): MusterError {
  return new MusterError(
    "JOURNAL_UNREADABLE",
    `Cannot read the snapshot of ${partition} at record ${sequence} as it was written: it is damaged`,
    { metadata: { partition, sequence: String(sequence) } },
  );
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function countPartitions(db: DatabaseSync): number {
  return Number(db.prepare("SELECT coalesce(max(number), 0) AS count FROM partition").get()?.count);
}
