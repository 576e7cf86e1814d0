// The records in the file: those that were appended together lie in one row, one after the other, because a row costs more
// than a record. Every call is part of a transaction of sqlite-store.ts.
import type { DatabaseSync } from "node:sqlite";
import type { NewRecord } from "../journal.ts";
import { encodeRecords, endOfRecord, eraseBody, unreadable, verifyRecord } from "../record.ts";
import type { PartitionRow } from "./sqlite-partitions.ts";

export const BLOCK_TABLE = `
  CREATE TABLE block (
    partition INTEGER NOT NULL, last INTEGER NOT NULL, first INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (partition, last)
  ) STRICT, WITHOUT ROWID;`;

/** A call's outcome, and about how many bytes it wrote. */
type Written<Outcome> = Outcome & { readonly bytes: number };

export interface SqliteBlocks {
  /** Appends after the row's last record, and answers the row as it is then. */
  append(row: PartitionRow, records: readonly NewRecord[]): Written<{ readonly row: PartitionRow }>;
  /** The hash that the record after `sequence` must carry. */
  hashAt(row: PartitionRow, sequence: number): Uint8Array;
  /** The records from `fromSequence` on, verified, as many as one message should carry. Empty at the end. */
  readPage(row: PartitionRow, fromSequence: number): Uint8Array;
  /** Forgets some of the records up to `limit`, at least one, and answers the row as it is then. */
  forgetSome(row: PartitionRow, limit: number): Written<{ readonly row: PartitionRow }>;
  /** Erases the bodies of some of these records, and answers which ones are left. */
  eraseSome(row: PartitionRow, sequences: readonly number[]): Written<{ readonly left: readonly number[] }>;
}

type Block = { readonly first: number; readonly last: number; readonly bytes: Uint8Array };

/** Of the records of one row, about: what is rewritten to erase one of them. */
const BLOCK_BYTES = 65_536;
/** Of one page that is read, about, so that no read transaction is long, and no message large. */
const PAGE_BYTES = 1_048_576;
/** Of the records that one call forgets or erases, about: as much to write as a busy commit. */
const STEP_BYTES = 524_288;
const STEP_BLOCKS_MAX = 500;

export function createBlocks(db: DatabaseSync): SqliteBlocks {
  const insert = db.prepare("INSERT INTO block (partition, last, first, bytes) VALUES (?, ?, ?, ?)");
  const update = db.prepare("UPDATE block SET first = ?, bytes = ? WHERE partition = ? AND last = ?");
  const deleteThrough = db.prepare("DELETE FROM block WHERE partition = ? AND last <= ?");
  const selectFrom = db.prepare("SELECT * FROM block WHERE partition = ? AND last >= ? ORDER BY last");
  const selectHolding = db.prepare("SELECT * FROM block WHERE partition = ? AND last >= ? ORDER BY last LIMIT 1");
  const selectSizes = db.prepare(
    "SELECT last, length(bytes) AS bytes FROM block WHERE partition = ? AND last <= ? ORDER BY last LIMIT ?",
  );

  const findHolding = (row: PartitionRow, sequence: number): Block | undefined => {
    const found = selectHolding.get(row.number, sequence);
    const block = found && readBlock(row, found);
    return block && block.first <= sequence ? block : undefined;
  };
  const getHolding = (row: PartitionRow, sequence: number): Block => {
    const block = findHolding(row, sequence);
    if (!block) throw unreadable(row.name, sequence, "it is kept: it is missing");
    return block;
  };
  const hashAt = (row: PartitionRow, sequence: number): Uint8Array => {
    if (sequence === row.first_sequence - 1) return row.base_hash;
    const { first, bytes } = getHolding(row, sequence);
    const offset = offsetOf({ first, bytes }, sequence);
    const record = bytes.subarray(offset, endOfRecord(bytes, offset));
    return verifyRecord(record, { partition: row.name, sequence, previousHash: undefined });
  };
  /** Of as many whole blocks as one call forgets: the last record, if there is one, and the bytes. */
  const wholeBlocks = (row: PartitionRow, limit: number): { last: number | undefined; bytes: number } => {
    let last: number | undefined;
    let bytes = 0;
    for (const found of selectSizes.iterate(row.number, limit, STEP_BLOCKS_MAX)) {
      last = Number(found.last);
      bytes += Number(found.bytes);
      if (bytes >= STEP_BYTES) break;
    }
    return { last, bytes };
  };

  return {
    append(row, records) {
      let { last_sequence, last_hash } = row;
      let written = 0;
      for (const block of splitIntoBlocks(records)) {
        const first = last_sequence + 1;
        const origin = { partition: row.name, epoch: row.epoch, sequence: first, previousHash: last_hash };
        const { bytes, hash } = encodeRecords(block, origin);
        last_sequence += block.length;
        last_hash = hash;
        insert.run(row.number, last_sequence, first, bytes);
        written += bytes.length;
      }
      return { row: { ...row, last_sequence, last_hash }, bytes: written };
    },
    hashAt,
    readPage(row, fromSequence) {
      const pieces: Uint8Array[] = [];
      let pageBytes = 0;
      let next = fromSequence;
      let previousHash: Uint8Array | undefined;
      for (const found of selectFrom.iterate(row.number, fromSequence)) {
        const block = readBlock(row, found);
        previousHash ??= hashAt(row, fromSequence - 1);
        const bytes = block.bytes.subarray(offsetOf(block, fromSequence));
        for (const record of recordsOf(bytes)) {
          previousHash = verifyRecord(record, { partition: row.name, sequence: next, previousHash });
          next += 1;
        }
        if (next !== block.last + 1) throw unreadable(row.name, next, "it was written: its block was cut");
        pieces.push(bytes);
        pageBytes += bytes.length;
        if (pageBytes >= PAGE_BYTES) break;
      }
      if (pageBytes === 0 && next <= row.last_sequence) throw unreadable(row.name, next, "it is kept: it is missing");
      return new Uint8Array(Buffer.concat(pieces, pageBytes));
    },
    forgetSome(row, limit) {
      const { last, bytes } = wholeBlocks(row, limit);
      const through = last ?? limit;
      const kept = { ...row, first_sequence: through + 1, base_hash: hashAt(row, through) };
      if (last !== undefined) {
        deleteThrough.run(row.number, last);
        return { row: kept, bytes };
      }
      const cut = getHolding(row, limit); // The first one, which goes past the limit.
      update.run(limit + 1, cut.bytes.subarray(offsetOf(cut, limit + 1)), row.number, cut.last);
      return { row: kept, bytes: cut.bytes.length };
    },
    eraseSome(row, sequences) {
      const left = sequences.toSorted((a, b) => a - b);
      let bytes = 0;
      for (let next = left[0]; next !== undefined && bytes < STEP_BYTES; next = left[0]) {
        const block = findHolding(row, next);
        if (!block) {
          left.shift();
          continue;
        }
        const ofBlock = new Set(left.splice(0, left.findLastIndex((sequence) => sequence <= block.last) + 1));
        update.run(block.first, eraseInBlock(row, block, ofBlock), row.number, block.last);
        bytes += block.bytes.length;
      }
      return { left, bytes };
    },
  };
}

/** What a row of a damaged file holds need not be what was put there. */
function readBlock(row: PartitionRow, found: Readonly<Record<string, unknown>>): Block {
  const { first, last, bytes } = found;
  if (typeof first === "number" && typeof last === "number" && bytes instanceof Uint8Array && first <= last) {
    return { first, last, bytes };
  }
  throw unreadable(row.name, Number(last), "it was written: its block is damaged");
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
function offsetOf({ first, bytes }: Pick<Block, "first" | "bytes">, sequence: number): number {
  let offset = 0;
  for (let before = first; before < sequence && offset < bytes.length; before += 1) offset = endOfRecord(bytes, offset);
  return offset;
}

/** The bytes of the block without these bodies. What is damaged must not look as if it had been erased. */
function eraseInBlock(row: PartitionRow, block: Block, sequences: ReadonlySet<number>): Uint8Array {
  let sequence = block.first;
  const records: Uint8Array[] = [];
  for (const record of recordsOf(block.bytes)) {
    verifyRecord(record, { partition: row.name, sequence, previousHash: undefined });
    records.push(sequences.has(sequence) ? eraseBody(record) : record);
    sequence += 1;
  }
  return Buffer.concat(records);
}
