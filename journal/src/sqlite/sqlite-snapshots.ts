// Snapshots in the file: a row for each and a row for each of its chunks. One without a digest is a draft, which nobody sees;
// the newest whole one counts. Every call is part of a transaction of sqlite-store.ts.
import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { MusterError } from "@muster/proto";
import type { PartitionRow } from "./sqlite-partitions.ts";

// `hash` is what the record after the snapshot's must carry.
export const SNAPSHOT_TABLES = `
  CREATE TABLE snapshot (
    id INTEGER PRIMARY KEY, partition INTEGER NOT NULL, sequence INTEGER NOT NULL, hash BLOB, digest BLOB
  ) STRICT;
  CREATE TABLE snapshot_chunk (
    snapshot INTEGER NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (snapshot, number)
  ) STRICT, WITHOUT ROWID;`;

/** A snapshot to be read, chunk by chunk. */
export type FoundSnapshot = { readonly id: number; readonly sequence: number; readonly chunks: number };
export type NewChunk = { readonly id: number; readonly number: number; readonly bytes: Uint8Array };

/** Of the chunks that one call deletes, about, which are overwritten: as much to write as a busy commit. */
const PRUNED_BYTES = 524_288;

export interface SqliteSnapshots {
  /** The newest whole one, and the hash that it was made at. @throws {MusterError} JOURNAL_UNREADABLE on damage. */
  find(row: PartitionRow): (FoundSnapshot & { readonly hash: Uint8Array }) | undefined;
  /** Of the newest whole one. */
  findSequence(row: PartitionRow): number | undefined;
  /** @throws {MusterError} JOURNAL_UNREADABLE on damage, CURSOR_EXPIRED if a newer one has taken its place. */
  readChunk(row: PartitionRow, snapshot: FoundSnapshot, number: number): Uint8Array;
  /** Starts a draft, and answers its id. */
  begin(row: PartitionRow, sequence: number): number;
  addChunk(row: PartitionRow, chunk: NewChunk): void;
  /** Makes the draft the newest whole one; `hashAt` tells the chain's hash at its record. */
  finish(row: PartitionRow, id: number, hashAt: (sequence: number) => Uint8Array): void;
  /** Deletes some chunks of what stands besides the newest whole one, and answers their bytes. Undefined: there is nothing to delete. */
  pruneSome(row: PartitionRow): number | undefined;
}

type SnapshotRow = { readonly id: number; readonly sequence: number; readonly hash: unknown; readonly digest: unknown };

export function createSnapshots(db: DatabaseSync): SqliteSnapshots {
  const selectNewest = db.prepare(
    "SELECT * FROM snapshot WHERE partition = ? AND digest IS NOT NULL ORDER BY id DESC LIMIT 1",
  );
  const insert = db.prepare(
    "INSERT INTO snapshot (id, partition, sequence) SELECT coalesce(max(id), 0) + 1, ?, ? FROM snapshot RETURNING id",
  );
  const selectDraft = db.prepare("SELECT sequence FROM snapshot WHERE id = ? AND partition = ? AND digest IS NULL");
  const finishDraft = db.prepare("UPDATE snapshot SET hash = ?, digest = ? WHERE id = ?");
  const insertChunk = db.prepare("INSERT INTO snapshot_chunk (snapshot, number, hash, bytes) VALUES (?, ?, ?, ?)");
  const selectChunk = db.prepare("SELECT hash, bytes FROM snapshot_chunk WHERE snapshot = ? AND number = ?");
  const selectHashes = db.prepare("SELECT hash FROM snapshot_chunk WHERE snapshot = ? ORDER BY number");
  const selectStale = db.prepare("SELECT id FROM snapshot WHERE partition = ? AND id <> ? LIMIT 1");
  const selectLast = db.prepare(
    "SELECT number, length(bytes) AS bytes FROM snapshot_chunk WHERE snapshot = ? ORDER BY number DESC LIMIT 1",
  );
  const deleteChunk = db.prepare("DELETE FROM snapshot_chunk WHERE snapshot = ? AND number = ?");
  const deleteSnapshot = db.prepare("DELETE FROM snapshot WHERE id = ?");

  const findNewest = (row: PartitionRow) => selectNewest.get(row.number) as SnapshotRow | undefined;
  const digestOf = (id: number): { chunks: number; digest: Buffer } => {
    const digest = createHash("sha256");
    let chunks = 0;
    for (const { hash } of selectHashes.iterate(id)) {
      if (hash instanceof Uint8Array) digest.update(hash);
      chunks += 1;
    }
    return { chunks, digest: digest.digest() };
  };
  const getDraft = (row: PartitionRow, id: number): { readonly sequence: number } => {
    const draft = selectDraft.get(id, row.number);
    if (draft) return { sequence: Number(draft.sequence) };
    throw new MusterError("SEQUENCE_CONFLICT", `Cannot go on with a snapshot of ${row.name}: another one was started`);
  };

  return {
    find(row) {
      const found = findNewest(row);
      if (!found) return undefined;
      const { id, sequence, hash } = found;
      const { chunks, digest } = digestOf(id);
      if (!(hash instanceof Uint8Array) || !isSame(digest, found.digest)) throw snapshotDamaged(row.name, sequence);
      return { id, sequence, chunks, hash };
    },
    findSequence: (row) => findNewest(row)?.sequence,
    readChunk(row, { id, sequence }, number) {
      const chunk = selectChunk.get(id, number);
      if (!chunk && findNewest(row)?.id !== id) {
        throw new MusterError(
          "CURSOR_EXPIRED",
          `Cannot read on in the snapshot of ${row.name} at record ${sequence} as a newer one took its place`,
        );
      }
      const bytes = chunk?.bytes;
      if (!(bytes instanceof Uint8Array) || !isSame(sha256(bytes), chunk?.hash)) {
        throw snapshotDamaged(row.name, sequence);
      }
      return new Uint8Array(bytes);
    },
    begin: (row, sequence) => Number(insert.get(row.number, sequence)?.id),
    addChunk(row, { id, number, bytes }) {
      getDraft(row, id);
      insertChunk.run(id, number, sha256(bytes), bytes);
    },
    finish(row, id, hashAt) {
      const { sequence } = getDraft(row, id);
      finishDraft.run(hashAt(sequence), digestOf(id).digest, id);
    },
    pruneSome(row) {
      const stale = selectStale.get(row.number, findNewest(row)?.id ?? 0);
      if (!stale) return undefined;
      const id = Number(stale.id);
      let bytes = 0;
      while (bytes < PRUNED_BYTES) {
        const last = selectLast.get(id);
        if (!last) {
          deleteSnapshot.run(id);
          break;
        }
        deleteChunk.run(id, Number(last.number));
        bytes += Number(last.bytes);
      }
      return bytes;
    },
  };
}

/** The refusal of a snapshot that is not what was written. */
export function snapshotDamaged(partition: string, sequence: number): MusterError {
  return new MusterError(
    "JOURNAL_UNREADABLE",
    `Cannot read the snapshot of ${partition} at record ${sequence} as it was written: it is damaged`,
    { metadata: { partition, sequence: String(sequence) } },
  );
}

function isSame(bytes: Buffer, stored: unknown): boolean {
  return stored instanceof Uint8Array && bytes.equals(stored);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
