// The file of a SQLite journal: opened, made, brought to this build's tables, or refused.
import { closeSync, fsyncSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { makeFolder } from "@muster/kit/make-folder";
import { MusterError } from "@muster/proto";
import { BLOCK_TABLE, createBlocks } from "./sqlite-blocks.ts";
import { CURSOR_TABLE } from "./sqlite-cursors.ts";
import { createPartitions, PARTITION_TABLE } from "./sqlite-partitions.ts";
import { SNAPSHOT_TABLES } from "./sqlite-snapshots.ts";

const APPLICATION_ID = 0x4d757374; // "Must"
export const SCHEMA_VERSION = 2;

const VERSION = `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION};`;
const TABLES = PARTITION_TABLE + BLOCK_TABLE + SNAPSHOT_TABLES + CURSOR_TABLE + VERSION;
/** Version 1 had a row for each record, and knew of nothing else. Afterwards its partitions are in `partition_1`. */
const TABLES_FROM_1 = `
  DROP TABLE snapshot; ALTER TABLE partition RENAME TO partition_1; ${TABLES}
  INSERT INTO block SELECT partition, sequence, sequence, bytes FROM record; DROP TABLE record;`;

// A commit is durable when it returns. Checkpoints are ours to make, so that one that fails is noticed. What is deleted is
// overwritten, and the log next to the file is cut back to the size that it has between checkpoints.
const SETTINGS = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON;
  PRAGMA journal_size_limit = 33554432; PRAGMA temp_store = MEMORY;`;

const SQLITE_BUSY = 5;
/** How often the settings are tried while others open the same file, and the pause between: some 5 s together. */
const SETTLE_TRIES_MAX = 250;
const SETTLE_PAUSE_MS = 20;

/**
 * Opens the file, or makes it and its folder.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if it is another program's, a newer build's, or damaged.
 */
export function openSqliteDatabase(path: string): DatabaseSync {
  const refuse = (why: string) =>
    new MusterError("JOURNAL_UNREADABLE", `Cannot read ${path} as a journal: ${why}`, { metadata: { path } });
  const folder = resolve(dirname(path));
  const firstMade = makeFolder(folder, 0o700);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 5_000 });
    if (readVersion(db, refuse) !== SCHEMA_VERSION) {
      db.exec("BEGIN IMMEDIATE");
      // Another process may have made the tables while we waited.
      const version = readVersion(db, refuse);
      if (version === 0) db.exec(TABLES);
      if (version === 1) upgradeFrom1(db);
      db.exec("COMMIT");
      syncFolders(folder, firstMade === undefined ? folder : dirname(firstMade));
    }
    settle(db);
    return db;
  } catch (error) {
    db?.close();
    throw error;
  }
}

/** SQLite's own waiting leaves out the change to a write-ahead log: who opens a new file beside others is told so at once. */
function settle(db: DatabaseSync): void {
  for (let tries = 1; ; tries += 1) {
    try {
      db.exec(SETTINGS);
      return;
    } catch (error) {
      // The low byte is the kind of error, what stands above it tells kinds of being busy apart.
      const isBusy = error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
      if (!isBusy || tries === SETTLE_TRIES_MAX) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLE_PAUSE_MS);
    }
  }
}

/** 0 for an empty file; a file that is neither empty nor a journal of this build or a former one is refused. */
export function readVersion(db: DatabaseSync, refuse: (why: string) => MusterError): number {
  const tables = Number(db.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.count);
  const application = Number(db.prepare("PRAGMA application_id").get()?.application_id);
  const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
  if (tables > 0 && application !== APPLICATION_ID) throw refuse("it belongs to another program");
  if (version > SCHEMA_VERSION) throw refuse(`it was written by a newer build: it has version ${version}`);
  return version;
}

function upgradeFrom1(db: DatabaseSync): void {
  db.exec(TABLES_FROM_1);
  const partitions = createPartitions(db);
  const blocks = createBlocks(db);
  const selectLast = db.prepare("SELECT coalesce(max(last), 0) AS last FROM block WHERE partition = ?");
  for (const { name, number, epoch, last_time_ms, last_wall_ms } of db.prepare("SELECT * FROM partition_1").all()) {
    const times = { last_time_ms: Number(last_time_ms), last_wall_ms: Number(last_wall_ms) };
    const row = { ...partitions.create(String(name)), ...times, number: Number(number), epoch: Number(epoch) };
    const last_sequence = Number(selectLast.get(row.number)?.last);
    partitions.save({ ...row, last_sequence, last_hash: blocks.hashAt(row, last_sequence) });
  }
  db.exec("DROP TABLE partition_1");
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
