// The file of a SQLite journal, looked at: opened for reading only, and believed in nothing that does not prove itself.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { MusterError } from "@muster/proto";
import type { StoredSnapshot } from "../journal.ts";
import { isOwnerGone } from "../owner.ts";
import { endOfRecord, readRecord, unreadable, verifyRecord } from "../record.ts";
import { createCursors } from "../sqlite/sqlite-cursors.ts";
import { readVersion, SCHEMA_VERSION } from "../sqlite/sqlite-database.ts";
import { toJournalError } from "../sqlite/sqlite-error.ts";
import { readMarks } from "../sqlite/sqlite-mark.ts";
import { createPartitions, type PartitionRow } from "../sqlite/sqlite-partitions.ts";
import type { InspectedJournal, InspectedPartition, InspectedRecord } from "./inspected-journal.ts";

/** The files beside the database's own: its log, the log's index, the marks. */
const BESIDE = ["", "-wal", "-shm", "-mark"] as const;
const PAGE_RECORDS_MAX = 1_000;

/** @throws {MusterError} JOURNAL_UNREADABLE if it is no database, another program's, or not of this build. */
export async function inspectSqliteJournal(path: string): Promise<InspectedJournal> {
  const refuse = (why: string) =>
    new MusterError("JOURNAL_UNREADABLE", `Cannot read ${path} as a journal: ${why}`, { metadata: { path } });
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    const partitions = told(path, () => {
      const version = readVersion(db, refuse);
      if (version === 0) throw refuse("it is empty");
      if (version < SCHEMA_VERSION) {
        throw refuse(
          `it has version ${version}, of a former build: start the service once, which brings it up to date`,
        );
      }
      return inspectPartitions(db, path);
    });
    return {
      ...{ kind: "sqlite", path, partitions, beside: BESIDE },
      files: async () => BESIDE.map((ending) => path + ending).filter((file) => existsSync(file)),
      async [Symbol.asyncDispose]() {
        if (db.isOpen) db.close();
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}

function inspectPartitions(db: DatabaseSync, path: string): readonly InspectedPartition[] {
  const problems = db
    .prepare("PRAGMA quick_check(5)")
    .all()
    .map((row) => String(Object.values(row)[0]))
    .filter((answer) => answer !== "ok")
    .map((answer) => `Cannot read ${path} as SQLite wrote it: ${answer}`);
  const rows = createPartitions(db);
  const names = db
    .prepare("SELECT name FROM partition ORDER BY name")
    .all()
    .map(({ name }) => String(name));
  return names.flatMap((name) => {
    const row = rows.find(name);
    return row ? [inspect(db, { path, row, problems })] : [];
  });
}

type Place = { readonly path: string; readonly row: PartitionRow; readonly problems: readonly string[] };

function inspect(db: DatabaseSync, { path, row, problems }: Place): InspectedPartition {
  const { name, number, epoch, owner } = row;
  const mark = readMarks(path).find((one) => one.number === number);
  return {
    ...{ name, epoch, problems },
    holder: owner === null || isOwnerGone(owner) ? undefined : { owner, untilMs: row.lease_until_ms },
    firstSequence: row.first_sequence,
    previousHash: row.base_hash,
    acknowledgedSequence: Math.max(row.last_sequence, mark?.sequence ?? 0),
    timeMs: row.last_time_ms,
    wallMs: row.last_wall_ms,
    readPages: (fromSequence) => readPages(db, { path, row, fromSequence }),
    readSnapshot: async () => told(path, () => readSnapshot(db, path, row)),
    readCursors: async () => told(path, () => createCursors(db).read(row)),
  };
}

async function* readPages(
  db: DatabaseSync,
  { path, row, fromSequence }: { path: string; row: PartitionRow; fromSequence: number },
): AsyncGenerator<readonly InspectedRecord[]> {
  const select = db.prepare(
    "SELECT first, last, bytes FROM block WHERE partition = ? AND last >= ? ORDER BY last LIMIT 1",
  );
  const partition = row.name;
  let nextSequence = Math.max(fromSequence, row.first_sequence);
  let previousHash = nextSequence === row.first_sequence ? row.base_hash : undefined;
  for (;;) {
    const block = told(path, () => select.get(row.number, nextSequence));
    if (!block) return;
    const { bytes } = block;
    if (!(bytes instanceof Uint8Array) || Number(block.first) > nextSequence) {
      throw unreadable(partition, nextSequence, "it is kept: it is missing");
    }
    let page: InspectedRecord[] = [];
    let offset = 0;
    for (let sequence = Number(block.first); offset < bytes.length; sequence += 1) {
      let read: InspectedRecord & { readonly end: number };
      try {
        read = readOne(bytes, offset, { partition, sequence, previousHash });
      } catch (error) {
        yield page;
        throw error;
      }
      offset = read.end;
      if (sequence < nextSequence) continue;
      previousHash = read.hash;
      nextSequence = sequence + 1;
      page.push(read);
      if (page.length < PAGE_RECORDS_MAX) continue;
      yield page;
      page = [];
    }
    yield page;
    if (nextSequence !== Number(block.last) + 1) {
      throw unreadable(partition, nextSequence, "it was written: its block is damaged");
    }
  }
}

type RecordPlace = {
  readonly partition: string;
  readonly sequence: number;
  readonly previousHash: Uint8Array | undefined;
};

function readOne(block: Uint8Array, offset: number, place: RecordPlace) {
  const end = endOfRecord(block, offset);
  const bytes = block.subarray(offset, end);
  const hash = verifyRecord(bytes, place);
  return { end, hash, bytes, record: readRecord(bytes, 0, place.partition).record };
}

function readSnapshot(db: DatabaseSync, path: string, { name, number }: PartitionRow): StoredSnapshot | undefined {
  const found = db
    .prepare(
      "SELECT id, sequence, digest FROM snapshot WHERE partition = ? AND digest IS NOT NULL ORDER BY id DESC LIMIT 1",
    )
    .get(number);
  if (!found) return undefined;
  const sequence = Number(found.sequence);
  const damaged = () =>
    new MusterError(
      "JOURNAL_UNREADABLE",
      `Cannot read the snapshot of ${name} at record ${sequence} as it was written: it is damaged`,
    );
  const rows = db.prepare("SELECT hash FROM snapshot_chunk WHERE snapshot = ? ORDER BY number").all(Number(found.id));
  const hashes = rows.map(({ hash }) => (hash instanceof Uint8Array ? hash : new Uint8Array()));
  if (!sha256(...hashes).equals(bytesOf(found.digest))) throw damaged();
  const select = db.prepare("SELECT bytes FROM snapshot_chunk WHERE snapshot = ? ORDER BY number LIMIT 1 OFFSET ?");
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (const [index, hash] of hashes.entries()) {
      const bytes = bytesOf(told(path, () => select.get(Number(found?.id), index))?.bytes);
      if (!sha256(bytes).equals(hash)) throw damaged();
      yield bytes;
    }
  }
  return { sequence, chunks: chunks() };
}

function bytesOf(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? new Uint8Array(value) : new Uint8Array();
}

function sha256(...pieces: readonly Uint8Array[]): Buffer {
  const digest = createHash("sha256");
  for (const piece of pieces) digest.update(piece);
  return digest.digest();
}

/** What SQLite says of a damaged file, in words of the journal. */
function told<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw toJournalError(error, path);
  }
}
