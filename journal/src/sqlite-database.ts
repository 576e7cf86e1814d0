// The file of a SQLite journal: opened, made, brought to this build's tables, or refused.
import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { MusterError } from "@muster/proto";

const APPLICATION_ID = 0x4d757374; // "Must"
const SCHEMA_VERSION = 2;

const PARTITION_TABLE = `
  CREATE TABLE partition (
    name TEXT PRIMARY KEY, number INTEGER NOT NULL, epoch INTEGER NOT NULL,
    owner TEXT, lease_until_ms REAL NOT NULL, lease_ms REAL NOT NULL,
    last_time_ms REAL NOT NULL, last_wall_ms REAL NOT NULL
  ) STRICT;`;
// Records that were appended together, one after the other: a row costs more than a record.
const BLOCK_TABLE = `
  CREATE TABLE block (
    partition INTEGER NOT NULL, last INTEGER NOT NULL, first INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (partition, last)
  ) STRICT, WITHOUT ROWID;`;
// Of the oldest record that is kept, and the hash that it must carry of the one before.
const KEPT_COLUMNS = `
  ALTER TABLE partition ADD COLUMN first_sequence INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE partition ADD COLUMN base_hash BLOB NOT NULL DEFAULT x'${"00".repeat(32)}';`;
// A snapshot without a digest is not whole yet. `hash` is that of the record at `sequence`.
const SNAPSHOT_AND_CURSOR_TABLES = `
  CREATE TABLE snapshot (
    id INTEGER PRIMARY KEY, partition INTEGER NOT NULL, sequence INTEGER NOT NULL, hash BLOB, digest BLOB
  ) STRICT;
  CREATE TABLE snapshot_chunk (
    snapshot INTEGER NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (snapshot, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE cursor (
    partition INTEGER NOT NULL, name TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (partition, name)
  ) STRICT, WITHOUT ROWID;`;

const VERSION = `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION};`;
/** What makes a journal of this build from a file of each former version; 0: an empty one. */
const UPGRADES: readonly string[] = [
  PARTITION_TABLE + BLOCK_TABLE + KEPT_COLUMNS + SNAPSHOT_AND_CURSOR_TABLES + VERSION,
  `${BLOCK_TABLE} INSERT INTO block SELECT partition, sequence, sequence, bytes FROM record; DROP TABLE record;
   DROP TABLE snapshot; ${KEPT_COLUMNS}${SNAPSHOT_AND_CURSOR_TABLES}${VERSION}`,
];

// A commit is durable when it returns. Checkpoints are ours to make, so that one that fails is noticed. What is deleted is
// overwritten, and the log next to the file is cut back to the size that it has between checkpoints.
const SETTINGS = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON;
  PRAGMA journal_size_limit = 33554432; PRAGMA temp_store = MEMORY;`;

/**
 * Opens the file, or makes it and its folder.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if it is another program's, a newer build's, or damaged.
 */
export function openSqliteDatabase(path: string): DatabaseSync {
  const refuse = (why: string) =>
    new MusterError("JOURNAL_UNREADABLE", `Cannot read ${path} as a journal: ${why}`, { metadata: { path } });
  const folder = dirname(path);
  const firstMade = mkdirSync(folder, { recursive: true, mode: 0o700 });
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 5_000 });
    if (readVersion(db, refuse) !== SCHEMA_VERSION) {
      db.exec("BEGIN IMMEDIATE");
      // Another process may have made the tables while we waited.
      const version = readVersion(db, refuse);
      if (version !== SCHEMA_VERSION) db.exec(UPGRADES[version] ?? "");
      db.exec("COMMIT");
      syncFolders(folder, firstMade === undefined ? folder : dirname(firstMade));
    }
    db.exec(SETTINGS);
    return db;
  } catch (error) {
    db?.close();
    throw error;
  }
}

/** 0 for an empty file; a file that is neither empty nor a journal of this build or a former one is refused. */
function readVersion(db: DatabaseSync, refuse: (why: string) => MusterError): number {
  const tables = Number(db.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.count);
  const application = Number(db.prepare("PRAGMA application_id").get()?.application_id);
  const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
  if (tables > 0 && application !== APPLICATION_ID) throw refuse("it belongs to another program");
  if (version > SCHEMA_VERSION) throw refuse(`it was written by a newer build: it has version ${version}`);
  return version;
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
