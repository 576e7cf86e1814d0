// The journal's tables and what is done with them, all synchronous: runs in the worker of sqlite-journal.ts, so that a disk
// that takes its time never stops the service's own thread.
import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MusterError } from "@muster/proto";
import type { AcquireOptions, AppendRequest, Ownership, Snapshot, StoredRecord } from "./journal.ts";
import { isOwnerGone } from "./owner.ts";
import { decodeRecord, encodeRecord, FIRST_HASH } from "./record.ts";

const APPLICATION_ID = 0x4d757374; // "Must"
const SCHEMA_VERSION = 1;
const LEASE_MS_DEFAULT = 10_000;

const SCHEMA = `
  CREATE TABLE partition (
    name TEXT PRIMARY KEY, number INTEGER NOT NULL, epoch INTEGER NOT NULL,
    owner TEXT, lease_until_ms INTEGER NOT NULL, lease_ms INTEGER NOT NULL, last_wall_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE record (
    partition INTEGER NOT NULL, sequence INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (partition, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE snapshot (
    partition INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, bytes BLOB NOT NULL
  ) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

type PartitionRow = {
  number: number;
  epoch: number;
  owner: string | null;
  lease_until_ms: number;
  lease_ms: number;
  last_wall_ms: number;
};

export type Page = { readonly records: readonly StoredRecord[]; readonly nextSequence: number | undefined };

/** What the worker does, by the names of its messages. `nowMs` is the wall clock: leases are compared between processes. */
export type SqliteStore = {
  acquire(partition: string, options: AcquireOptions, nowMs: number): Ownership;
  renew(partition: string, epoch: number, nowMs: number): void;
  release(partition: string, epoch: number): void;
  append(request: AppendRequest, nowMs: number): void;
  readPage(partition: string, fromSequence: number, limit: number): Page;
  readSnapshot(partition: string): Snapshot | undefined;
  writeSnapshot(partition: string, epoch: number, snapshot: Snapshot): void;
  close(): void;
};

/**
 * Opens the file, or makes it.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if it is another program's, a newer build's, or damaged.
 */
export function openSqliteStore(path: string): SqliteStore {
  const db = openDatabase(path);
  const tails = new Map<string, { sequence: number; timeMs: number; hash: Uint8Array }>();
  const findPartition = db.prepare("SELECT * FROM partition WHERE name = ?");
  const insertRecord = db.prepare("INSERT INTO record (partition, sequence, bytes) VALUES (?, ?, ?)");
  const selectLast = db.prepare(
    "SELECT sequence, bytes FROM record WHERE partition = ? ORDER BY sequence DESC LIMIT 2",
  );
  const selectPage = db.prepare(
    "SELECT sequence, bytes FROM record WHERE partition = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
  );
  const touch = db.prepare("UPDATE partition SET last_wall_ms = ? WHERE name = ?");

  const partitionRow = (name: string) => findPartition.get(name) as PartitionRow | undefined;
  const transact = <Result>(work: () => Result): Result => {
    db.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      db.exec("COMMIT");
      return result;
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  };
  const ownedRow = (name: string, epoch: number): PartitionRow => {
    const row = partitionRow(name);
    if (row && row.epoch === epoch && row.owner !== null) return row;
    throw new MusterError("EPOCH_STALE", `Cannot write ${name} as epoch ${epoch}: it is at epoch ${row?.epoch ?? 0}`);
  };
  const tailOf = (name: string, number: number) => {
    const [last, before] = selectLast.all(number) as { sequence: number; bytes: Uint8Array }[];
    if (!last) return { sequence: 0, timeMs: 0, hash: FIRST_HASH };
    // The record before is not checked here: a whole reading does that. Its own hash is all that is needed.
    const previousHash = before ? hashOf(name, before) : FIRST_HASH;
    const { record, hash } = decodeRecord(last.bytes, { partition: name, sequence: last.sequence, previousHash });
    return { sequence: record.sequence, timeMs: record.timeMs, hash };
  };
  const hashOf = (name: string, row: { sequence: number; bytes: Uint8Array }) => {
    const previousHash = Uint8Array.from(row.bytes.subarray(80, 112));
    return decodeRecord(row.bytes, { partition: name, sequence: row.sequence, previousHash }).hash;
  };

  return {
    acquire(name, { owner, takeOver = false, leaseMs = LEASE_MS_DEFAULT }, nowMs) {
      return transact(() => {
        const row = partitionRow(name);
        const held = row?.owner && row.owner !== owner && row.lease_until_ms > nowMs && !isOwnerGone(row.owner);
        if (held && !takeOver) {
          throw new MusterError(
            "PARTITION_OWNED",
            `Cannot own ${name} of ${path} as one owner holds it: it is held by process ${row.owner}`,
            { metadata: { owner: row.owner ?? "" } },
          );
        }
        const number = row?.number ?? countPartitions(db) + 1;
        const epoch = (row?.epoch ?? 0) + 1;
        db.prepare(
          `INSERT INTO partition (name, number, epoch, owner, lease_until_ms, lease_ms, last_wall_ms)
           VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)
           ON CONFLICT (name) DO UPDATE SET epoch = ?3, owner = ?4, lease_until_ms = ?5, lease_ms = ?6`,
        ).run(name, number, epoch, owner, Math.ceil(nowMs + leaseMs), leaseMs);
        const tail = tailOf(name, number);
        tails.set(name, tail);
        return {
          epoch,
          lastSequence: tail.sequence,
          lastTimeMs: tail.timeMs,
          lastWallMs: row?.last_wall_ms ?? 0,
        };
      });
    },
    renew(name, epoch, nowMs) {
      transact(() => {
        const row = ownedRow(name, epoch);
        db.prepare("UPDATE partition SET lease_until_ms = ? WHERE name = ?").run(Math.ceil(nowMs + row.lease_ms), name);
      });
    },
    release(name, epoch) {
      db.prepare("UPDATE partition SET owner = NULL WHERE name = ? AND epoch = ?").run(name, epoch);
    },
    append({ partition: name, epoch, afterSequence, records }, nowMs) {
      const tail = transact(() => {
        const row = ownedRow(name, epoch);
        const last = tails.get(name) ?? tailOf(name, row.number);
        if (last.sequence !== afterSequence) {
          throw new MusterError(
            "SEQUENCE_CONFLICT",
            `Cannot append to ${name} after ${afterSequence}: it ends at ${last.sequence}`,
          );
        }
        let { sequence, hash, timeMs } = last;
        for (const record of records) {
          sequence += 1;
          const encoded = encodeRecord(record, { partition: name, epoch, sequence, previousHash: hash });
          insertRecord.run(row.number, sequence, encoded.bytes);
          hash = encoded.hash;
          timeMs = record.timeMs;
        }
        touch.run(Math.floor(nowMs), name);
        return { sequence, hash, timeMs };
      });
      tails.set(name, tail);
    },
    readPage(name, fromSequence, limit) {
      const row = partitionRow(name);
      if (!row) return { records: [], nextSequence: undefined };
      const first = Math.max(fromSequence, 1);
      const rows = selectPage.all(row.number, Math.max(first - 1, 1), limit + 1) as {
        sequence: number;
        bytes: Uint8Array;
      }[];
      const before = first > 1 ? rows.shift() : undefined;
      let previousHash = before ? hashOf(name, before) : FIRST_HASH;
      const records: StoredRecord[] = [];
      for (const { bytes } of rows.slice(0, limit)) {
        const decoded = decodeRecord(bytes, { partition: name, sequence: first + records.length, previousHash });
        records.push(decoded.record);
        previousHash = decoded.hash;
      }
      return { records, nextSequence: records.length === limit ? first + limit : undefined };
    },
    readSnapshot(name) {
      const row = partitionRow(name);
      if (!row) return undefined;
      const found = db.prepare("SELECT sequence, bytes FROM snapshot WHERE partition = ?").get(row.number);
      return found && { sequence: Number(found.sequence), bytes: found.bytes as Uint8Array };
    },
    writeSnapshot(name, epoch, { sequence, bytes }) {
      transact(() => {
        const { number } = ownedRow(name, epoch);
        db.prepare("INSERT OR REPLACE INTO snapshot (partition, sequence, bytes) VALUES (?, ?, ?)").run(
          number,
          sequence,
          bytes,
        );
      });
    },
    close: () => db.close(),
  };
}

function openDatabase(path: string): DatabaseSync {
  const refuse = (why: string, cause?: unknown) =>
    new MusterError("JOURNAL_UNREADABLE", `Cannot read ${path} as a journal: ${why}`, { metadata: { path }, cause });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 5_000 });
    const tables = Number(db.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.count);
    const application = Number(db.prepare("PRAGMA application_id").get()?.application_id);
    const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
    if (tables > 0 && application !== APPLICATION_ID) throw refuse("it belongs to another program");
    if (version > SCHEMA_VERSION) throw refuse(`it was written by a newer build: it has version ${version}`);
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;");
    if (tables === 0) {
      db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
      syncFolder(dirname(path));
    }
    return db;
  } catch (error) {
    db?.close();
    throw error instanceof MusterError ? error : refuse(error instanceof Error ? error.message : String(error), error);
  }
}

/** A new file is durable only once its folder is. */
function syncFolder(path: string): void {
  if (process.platform === "win32") return; // A folder cannot be opened there, and its entries are journaled.
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function countPartitions(db: DatabaseSync): number {
  return Number(db.prepare("SELECT coalesce(max(number), 0) AS count FROM partition").get()?.count);
}
