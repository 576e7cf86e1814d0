// How far each reader of a partition has come, in the file. Every call is part of a transaction of sqlite-store.ts.
import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { MusterError } from "@muster/proto";
import type { Cursor } from "../journal.ts";
import type { PartitionRow } from "./sqlite-partitions.ts";

export const CURSOR_TABLE = `
  CREATE TABLE cursor (
    partition INTEGER NOT NULL, name TEXT NOT NULL, sequence INTEGER NOT NULL, checksum INTEGER NOT NULL,
    PRIMARY KEY (partition, name)
  ) STRICT, WITHOUT ROWID;`;

export interface SqliteCursors {
  /** By name. @throws {MusterError} JOURNAL_UNREADABLE on damage. */
  read(row: PartitionRow): ReadonlyMap<string, number>;
  move(row: PartitionRow, cursor: Cursor): void;
  remove(row: PartitionRow, name: string): void;
}

export function createCursors(db: DatabaseSync): SqliteCursors {
  const select = db.prepare("SELECT name, sequence, checksum FROM cursor WHERE partition = ? ORDER BY name");
  const replace = db.prepare("INSERT OR REPLACE INTO cursor VALUES (?, ?, ?, ?)");
  const remove = db.prepare("DELETE FROM cursor WHERE partition = ? AND name = ?");
  return {
    read(row) {
      const cursors = new Map<string, number>();
      for (const { name, sequence, checksum } of select.iterate(row.number)) {
        const cursor = { name: String(name), sequence: Number(sequence) };
        if (checksum !== checksumOf(row, cursor)) throw cursorDamaged(row, cursor);
        cursors.set(cursor.name, cursor.sequence);
      }
      return cursors;
    },
    move: (row, cursor) => void replace.run(row.number, cursor.name, cursor.sequence, checksumOf(row, cursor)),
    remove: (row, name) => void remove.run(row.number, name),
  };
}

function checksumOf(row: PartitionRow, { name, sequence }: Cursor): number {
  return crc32(JSON.stringify([row.number, name, sequence]));
}

function cursorDamaged(row: PartitionRow, { name }: Cursor): MusterError {
  return new MusterError(
    "JOURNAL_UNREADABLE",
    `Cannot read the cursor ${name} of ${row.name} as it was written: it is damaged`,
    { metadata: { partition: row.name } },
  );
}
