// The journal's tables and what is done with them, all synchronous: runs in the worker of sqlite-journal.ts, so that a disk
// that takes its time never stops the service's own thread.
import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MusterError } from "@muster/proto";
import type { AcquireOptions, AppendRequest, Ownership, OwnerTime, Snapshot } from "./journal.ts";
import { isOwnerGone } from "./owner.ts";
import { encodeRecord, FIRST_HASH, verifyRecord } from "./record.ts";

const APPLICATION_ID = 0x4d757374; // "Must"
const SCHEMA_VERSION = 1;
const LEASE_MS_DEFAULT = 10_000;

const SCHEMA = `
  CREATE TABLE partition (
    name TEXT PRIMARY KEY, number INTEGER NOT NULL, epoch INTEGER NOT NULL,
    owner TEXT, lease_until_ms REAL NOT NULL, lease_ms REAL NOT NULL,
    last_time_ms REAL NOT NULL, last_wall_ms REAL NOT NULL
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
  last_time_ms: number;
  last_wall_ms: number;
};

type RecordRow = { sequence: number; bytes: Uint8Array };
type Tail = { readonly sequence: number; readonly hash: Uint8Array };

/** Records of one page, so that no read transaction is long, and no message large. */
const PAGE_RECORDS_MAX = 1_000;
const PAGE_BYTES_MAX = 1_048_576;

/** What the worker does, by the names of its messages. `wallMs` is the asker's wall clock: processes compare leases by it. */
export type SqliteStore = {
  acquire(partition: string, options: AcquireOptions, wallMs: number): Ownership;
  renew(partition: string, owner: OwnerTime, wallMs: number): void;
  release(partition: string, owner: OwnerTime, wallMs: number): void;
  /** One transaction. Answers for each request what it was refused with, if it was. */
  append(requests: readonly AppendRequest[], wallMs: number): readonly (MusterError | undefined)[];
  /** The encoded records from `fromSequence` on, one after the other and verified; empty at the end. */
  readPage(partition: string, fromSequence: number): Uint8Array;
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
  const tails = new Map<string, Tail>();
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
  const insertRecord = db.prepare("INSERT INTO record (partition, sequence, bytes) VALUES (?, ?, ?)");
  const selectLast = db.prepare(
    "SELECT sequence, bytes FROM record WHERE partition = ? ORDER BY sequence DESC LIMIT 1",
  );
  const selectRecord = db.prepare("SELECT sequence, bytes FROM record WHERE partition = ? AND sequence = ?");
  const selectFrom = db.prepare(
    "SELECT sequence, bytes FROM record WHERE partition = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
  );
  const selectSnapshot = db.prepare("SELECT sequence, bytes FROM snapshot WHERE partition = ?");
  const replaceSnapshot = db.prepare("INSERT OR REPLACE INTO snapshot (partition, sequence, bytes) VALUES (?, ?, ?)");

  const transact = <Result>(work: () => Result): Result => {
    // What the disk holds after a write that failed is undefined, so that no later write may build on it.
    if (failure) throw failure.error;
    try {
      db.exec("BEGIN IMMEDIATE");
      const result = work();
      db.exec("COMMIT");
      return result;
    } catch (error) {
      if (!(error instanceof MusterError)) failure = { error };
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  };
  const partitionRow = (name: string) => findPartition.get(name) as PartitionRow | undefined;
  const ownedRow = (name: string, epoch: number): PartitionRow => {
    const row = partitionRow(name);
    if (row && row.epoch === epoch && row.owner !== null) return row;
    throw new MusterError("EPOCH_STALE", `Cannot write ${name} as epoch ${epoch}: it is at epoch ${row?.epoch ?? 0}`);
  };
  const tailOf = (name: string, number: number): Tail => {
    const last = selectLast.get(number) as RecordRow | undefined;
    if (!last) return { sequence: 0, hash: FIRST_HASH };
    return { sequence: last.sequence, hash: hashOf(name, last) };
  };

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
        const tail = tailOf(name, number);
        tails.set(name, tail);
        return {
          epoch,
          lastSequence: tail.sequence,
          lastTimeMs: row?.last_time_ms ?? 0,
          lastWallMs: row?.last_wall_ms ?? 0,
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
        const { number } = ownedRow(name, epoch);
        const last = written.get(name) ?? tails.get(name) ?? tailOf(name, number);
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
          insertRecord.run(number, sequence, bytes);
          previousHash = hash;
        }
        noteTime.run(records.at(-1)?.timeMs ?? 0, wallMs, number);
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
    readPage(name, fromSequence) {
      const number = partitionRow(name)?.number ?? 0;
      const first = Math.max(fromSequence, 1);
      const before = selectRecord.get(number, first - 1) as RecordRow | undefined;
      let previousHash = before ? hashOf(name, before) : first === 1 ? FIRST_HASH : undefined;
      const found: Uint8Array[] = [];
      let pageBytes = 0;
      for (const row of selectFrom.iterate(number, first, PAGE_RECORDS_MAX)) {
        const { bytes } = row as RecordRow;
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
    readSnapshot(name) {
      const found = selectSnapshot.get(partitionRow(name)?.number ?? 0);
      return found && { sequence: Number(found.sequence), bytes: found.bytes as Uint8Array };
    },
    writeSnapshot(name, epoch, { sequence, bytes }) {
      transact(() => replaceSnapshot.run(ownedRow(name, epoch).number, sequence, bytes));
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

function openDatabase(path: string): DatabaseSync {
  const refuse = (why: string) =>
    new MusterError("JOURNAL_UNREADABLE", `Cannot read ${path} as a journal: ${why}`, { metadata: { path } });
  const folder = dirname(path);
  const firstMade = mkdirSync(folder, { recursive: true, mode: 0o700 });
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 5_000 });
    if (!isJournal(db, refuse)) {
      db.exec("BEGIN IMMEDIATE");
      // Another process may have made the tables while we waited.
      if (!isJournal(db, refuse)) db.exec(SCHEMA);
      db.exec("COMMIT");
      syncFolders(folder, firstMade === undefined ? folder : dirname(firstMade));
    }
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;");
    return db;
  } catch (error) {
    db?.close();
    throw error;
  }
}

/** False for an empty file; a file that is neither empty nor a journal of this build is refused. */
function isJournal(db: DatabaseSync, refuse: (why: string) => MusterError): boolean {
  const tables = Number(db.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.count);
  const application = Number(db.prepare("PRAGMA application_id").get()?.application_id);
  const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
  if (tables > 0 && application !== APPLICATION_ID) throw refuse("it belongs to another program");
  if (version > SCHEMA_VERSION) throw refuse(`it was written by a newer build: it has version ${version}`);
  return tables > 0;
}

/** A new file is durable only once its folder is, and a new folder once the one around it is: from `inner` out to `outer`. */
function syncFolders(inner: string, outer: string): void {
  if (process.platform === "win32") return; // A folder cannot be opened there, and its entries are journaled.
  for (let folder = inner; ; folder = dirname(folder)) {
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    if (folder === outer || folder === dirname(folder)) return;
  }
}

function countPartitions(db: DatabaseSync): number {
  return Number(db.prepare("SELECT coalesce(max(number), 0) AS count FROM partition").get()?.count);
}
