// The row of each partition: who owns it, and which records it keeps. Everything else in the file is believed by what stands
// here, so that the row carries a checksum of its own.
import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { MusterError } from "@muster/proto";
import { FIRST_HASH } from "../record.ts";

export type PartitionRow = {
  readonly name: string;
  readonly number: number;
  readonly epoch: number;
  readonly owner: string | null;
  readonly lease_until_ms: number;
  readonly lease_ms: number;
  readonly last_time_ms: number;
  readonly last_wall_ms: number;
  /** Of the oldest record that is kept, and the hash that it must carry of the one before. */
  readonly first_sequence: number;
  readonly base_hash: Uint8Array;
  /** Of the last record, and the hash that the next one must carry. */
  readonly last_sequence: number;
  readonly last_hash: Uint8Array;
};

const COLUMNS = [
  "name TEXT PRIMARY KEY",
  "number INTEGER NOT NULL",
  "epoch INTEGER NOT NULL",
  "owner TEXT",
  "lease_until_ms REAL NOT NULL",
  "lease_ms REAL NOT NULL",
  "last_time_ms REAL NOT NULL",
  "last_wall_ms REAL NOT NULL",
  "first_sequence INTEGER NOT NULL",
  "base_hash BLOB NOT NULL",
  "last_sequence INTEGER NOT NULL",
  "last_hash BLOB NOT NULL",
] as const;

export const PARTITION_TABLE = `CREATE TABLE partition (${COLUMNS.join(", ")}, checksum INTEGER NOT NULL) STRICT;`;

export interface SqlitePartitions {
  /** @throws {MusterError} JOURNAL_UNREADABLE on damage. */
  find(name: string): PartitionRow | undefined;
  /** @throws {MusterError} EPOCH_STALE unless `epoch` owns it. */
  getOwned(name: string, epoch: number): PartitionRow;
  /** Of a partition that nobody had; not stored yet. */
  create(name: string): PartitionRow;
  save(row: PartitionRow): void;
}

export function createPartitions(db: DatabaseSync): SqlitePartitions {
  const select = db.prepare("SELECT * FROM partition WHERE name = ?");
  const selectLastNumber = db.prepare("SELECT coalesce(max(number), 0) AS number FROM partition");
  const replace = db.prepare(`INSERT OR REPLACE INTO partition VALUES (${"?, ".repeat(COLUMNS.length)}?)`);

  const find = (name: string): PartitionRow | undefined => {
    const row = select.get(name) as (PartitionRow & { readonly checksum: number }) | undefined;
    if (!row || (hasHashes(row) && checksumOf(row) === row.checksum)) return row;
    throw new MusterError("JOURNAL_UNREADABLE", `Cannot read the partition ${name} as it was written: it is damaged`, {
      metadata: { partition: name },
    });
  };
  return {
    find,
    getOwned(name, epoch) {
      const row = find(name);
      if (row && row.epoch === epoch && row.owner !== null) return row;
      throw new MusterError("EPOCH_STALE", `Cannot write ${name} as epoch ${epoch}: it is at epoch ${row?.epoch ?? 0}`);
    },
    create: (name) => ({
      name,
      number: Number(selectLastNumber.get()?.number) + 1,
      epoch: 0,
      owner: null,
      lease_until_ms: 0,
      lease_ms: 0,
      last_time_ms: 0,
      last_wall_ms: 0,
      first_sequence: 1,
      base_hash: FIRST_HASH,
      last_sequence: 0,
      last_hash: FIRST_HASH,
    }),
    save: (row) => void replace.run(...valuesOf(row), checksumOf(row)),
  };
}

function valuesOf(row: PartitionRow) {
  return [
    row.name,
    row.number,
    row.epoch,
    row.owner,
    row.lease_until_ms,
    row.lease_ms,
    row.last_time_ms,
    row.last_wall_ms,
    row.first_sequence,
    row.base_hash,
    row.last_sequence,
    row.last_hash,
  ] as const;
}

/** In a damaged file anything may stand in a column. */
function hasHashes(row: Readonly<Record<"base_hash" | "last_hash", unknown>>): boolean {
  return row.base_hash instanceof Uint8Array && row.last_hash instanceof Uint8Array;
}

function checksumOf(row: PartitionRow): number {
  const hash = crc32(row.last_hash, crc32(row.base_hash));
  return crc32(
    valuesOf(row)
      .map((value) => (value instanceof Uint8Array ? "" : value))
      .join("\n"),
    hash,
  );
}
