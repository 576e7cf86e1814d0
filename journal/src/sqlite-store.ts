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
  type NewRecord,
  type Ownership,
  type OwnerTime,
  SNAPSHOT_CHUNK_BYTES_MAX,
} from "./journal.ts";
import { compactionLimit, cursorExpired, refuseCursor, refuseSnapshot } from "./kept-range.ts";
import { isOwnerGone } from "./owner.ts";
import { encodeRecords, endOfRecord, eraseBody, unreadable, verifyRecord } from "./record.ts";
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

type BlockRow = { first: number; last: number; bytes: Uint8Array };
type SnapshotRow = { id: number; sequence: number; hash: Uint8Array; digest: Uint8Array };
type ChunkRow = { hash: Uint8Array; bytes: Uint8Array };
type Tail = { readonly sequence: number; readonly hash: Uint8Array };

/** Of the records of one row, about: what is rewritten to erase one of them. */
const BLOCK_BYTES = 65_536;
/** Of one page that is read, about, so that no read transaction is long, and no message large. */
const PAGE_BYTES = 1_048_576;
/** Of the records that one call forgets or erases, about: as much to write as a busy commit. */
const STEP_BYTES = 524_288;
const STEP_BLOCKS_MAX = 500;
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
  /** Erases the bodies of some of these records, in the file; the log may still hold them. Answers which ones are left. */
  eraseSome(partition: string, epoch: number, sequences: readonly number[]): readonly number[];
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
  const insertBlock = db.prepare("INSERT INTO block (partition, last, first, bytes) VALUES (?, ?, ?, ?)");
  const updateBlock = db.prepare("UPDATE block SET first = ?, bytes = ? WHERE partition = ? AND last = ?");
  const deleteBlocks = db.prepare("DELETE FROM block WHERE partition = ? AND last <= ?");
  const selectLast = db.prepare("SELECT * FROM block WHERE partition = ? ORDER BY last DESC LIMIT 1");
  const selectFrom = db.prepare("SELECT * FROM block WHERE partition = ? AND last >= ? ORDER BY last");
  const selectHolding = db.prepare("SELECT * FROM block WHERE partition = ? AND last >= ? ORDER BY last LIMIT 1");
  const selectSizes = db.prepare(
    "SELECT last, length(bytes) AS size FROM block WHERE partition = ? AND last <= ? ORDER BY last LIMIT ?",
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
    const last = selectLast.get(row.number) as BlockRow | undefined;
    if (!last) return { sequence: row.first_sequence - 1, hash: row.base_hash };
    return { sequence: last.last, hash: hashInBlock(row.name, last, last.last) };
  };
  const blockOf = (row: PartitionRow, sequence: number): BlockRow | undefined => {
    const block = selectHolding.get(row.number, sequence) as BlockRow | undefined;
    return block && block.first <= sequence ? block : undefined;
  };
  /** What the record after `sequence` must carry. */
  const hashAt = (row: PartitionRow, sequence: number): Uint8Array => {
    if (sequence === row.first_sequence - 1) return row.base_hash;
    const block = blockOf(row, sequence);
    if (!block) throw unreadable(row.name, sequence, "it is kept: it is missing");
    return hashInBlock(row.name, block, sequence);
  };
  /** The last record of as many whole blocks as one step forgets, `limit` at most. Undefined: the first block goes past it. */
  const stepEnd = (row: PartitionRow, limit: number): number | undefined => {
    let end: number | undefined;
    let stepBytes = 0;
    for (const found of selectSizes.iterate(row.number, limit, STEP_BLOCKS_MAX)) {
      const { last, size } = found as { last: number; size: number };
      end = last;
      stepBytes += size;
      if (stepBytes >= STEP_BYTES) break;
    }
    logBytes += stepBytes; // What is deleted is overwritten.
    return end;
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
        for (const block of splitIntoBlocks(records)) {
          const first = sequence + 1;
          const { bytes, hash } = encodeRecords(block, { partition: name, epoch, sequence: first, previousHash });
          sequence += block.length;
          insertBlock.run(row.number, sequence, first, bytes);
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
      let sequence = first;
      let previousHash: Uint8Array | undefined;
      for (const found_ of selectFrom.iterate(row.number, first)) {
        const block = found_ as BlockRow;
        const bytes = block.bytes.subarray(offsetInBlock(block, first));
        previousHash ??= hashAt(row, first - 1);
        for (const record of recordsOf(bytes)) {
          previousHash = verifyRecord(record, { partition: name, sequence, previousHash });
          sequence += 1;
        }
        if (sequence !== block.last + 1) throw unreadable(name, sequence, "it was written: its block is damaged");
        found.push(bytes);
        pageBytes += bytes.length;
        if (pageBytes >= PAGE_BYTES) break;
      }
      return new Uint8Array(Buffer.concat(found, pageBytes));
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
        const end = stepEnd(row, limit);
        if (end === undefined) {
          const block = blockOf(row, first);
          if (!block) throw unreadable(name, first, "it is kept: it is missing");
          const hash = hashAt(row, limit);
          updateBlock.run(limit + 1, block.bytes.subarray(offsetInBlock(block, limit + 1)), row.number, block.last);
          noteKept.run(limit + 1, hash, row.number);
          return { firstSequence: limit + 1, more: false };
        }
        const hash = hashAt(row, end);
        deleteBlocks.run(row.number, end);
        noteKept.run(end + 1, hash, row.number);
        return { firstSequence: end + 1, more: end < limit };
      });
    },
    eraseSome(name, epoch, sequences) {
      return transact(() => {
        const row = ownedRow(name, epoch);
        const left = sequences.toSorted((a, b) => a - b);
        let stepBytes = 0;
        while (left.length > 0 && stepBytes < STEP_BYTES) {
          const block = blockOf(row, left[0] ?? 0);
          if (!block) {
            left.shift();
            continue;
          }
          const ofBlock = new Set(left.splice(0, left.findLastIndex((sequence) => sequence <= block.last) + 1));
          updateBlock.run(block.first, eraseInBlock(name, block, ofBlock), row.number, block.last);
          stepBytes += block.bytes.length;
        }
        logBytes += stepBytes;
        return left;
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

/** The records in pieces that become one row each. */
function* splitIntoBlocks(records: readonly NewRecord[]): Generator<readonly NewRecord[]> {
  let from = 0;
  let blockBytes = 0;
  for (const [index, { body }] of records.entries()) {
    blockBytes += body.length;
    if (blockBytes < BLOCK_BYTES) continue;
    yield records.slice(from, index + 1);
    from = index + 1;
    blockBytes = 0;
  }
  if (from < records.length) yield from === 0 ? records : records.slice(from);
}

function* recordsOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let offset = 0, end = 0; offset < bytes.length; offset = end) {
    end = endOfRecord(bytes, offset);
    yield bytes.subarray(offset, end);
  }
}

/** Where the record starts in its block; 0 if it comes before. */
function offsetInBlock({ first, bytes }: BlockRow, sequence: number): number {
  let offset = 0;
  for (let before = first; before < sequence; before += 1) offset = endOfRecord(bytes, offset);
  return offset;
}

/** The hash of a record whose predecessor is not looked at: whoever reads the whole journal does that. */
function hashInBlock(partition: string, block: BlockRow, sequence: number): Uint8Array {
  const offset = offsetInBlock(block, sequence);
  const record = block.bytes.subarray(offset, endOfRecord(block.bytes, offset));
  return verifyRecord(record, { partition, sequence, previousHash: undefined });
}

/** The bytes of the block without these bodies. What is damaged must not look as if it had been erased. */
function eraseInBlock(partition: string, block: BlockRow, sequences: ReadonlySet<number>): Uint8Array {
  let sequence = block.first;
  const records: Uint8Array[] = [];
  for (const record of recordsOf(block.bytes)) {
    verifyRecord(record, { partition, sequence, previousHash: undefined });
    records.push(sequences.has(sequence) ? eraseBody(record) : record);
    sequence += 1;
  }
  return Buffer.concat(records);
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
