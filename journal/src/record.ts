// One record as bytes: a fixed header, then the body. The header's hash chain covers the hash of the body, not the body
// itself, so that a body can be erased later while the chain still proves that nothing was inserted, lost or changed.
//
//   offset  bytes  field
//        0      2  magic "Mu"
//        2      1  format
//        3      1  reserved, 0
//        4      2  kind
//        6      2  reserved, 0
//        8      8  epoch
//       16      8  sequence
//       24      8  journal time, ms, IEEE double
//       32      8  partition: first bytes of the SHA-256 of its name
//       40      4  length of the body
//       44      4  CRC-32 of bytes 0..43 and the body, for speed; the hashes are the proof
//       48     32  SHA-256 of the body
//       80     32  hash of the previous record: SHA-256 of its bytes 0..39 and 48..111
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { MusterError } from "@muster/proto";
import type { NewRecord, StoredRecord } from "./journal.ts";

export const RECORD_FORMAT = 1;
const HEADER_BYTES = 112;
const CHECKSUM_AT = 44;
const BODY_HASH_AT = 48;
const PREVIOUS_HASH_AT = 80;
const HASH_BYTES = 32;

/** What stands in place of the previous record's hash in the first record. */
export const FIRST_HASH: Uint8Array = new Uint8Array(HASH_BYTES);

export type RecordPlace = {
  readonly partition: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly previousHash: Uint8Array;
};

/** The record as bytes, and the hash that the next record carries. */
export function encodeRecord(record: NewRecord, place: RecordPlace): { bytes: Uint8Array; hash: Uint8Array } {
  const bytes = Buffer.alloc(HEADER_BYTES + record.body.length);
  bytes.write("Mu", 0, "latin1");
  bytes.writeUInt8(RECORD_FORMAT, 2);
  bytes.writeUInt16LE(record.kind, 4);
  bytes.writeBigUInt64LE(BigInt(place.epoch), 8);
  bytes.writeBigUInt64LE(BigInt(place.sequence), 16);
  bytes.writeDoubleLE(record.timeMs, 24);
  bytes.set(partitionMark(place.partition), 32);
  bytes.writeUInt32LE(record.body.length, 40);
  bytes.set(sha256(record.body), BODY_HASH_AT);
  bytes.set(place.previousHash, PREVIOUS_HASH_AT);
  bytes.set(record.body, HEADER_BYTES);
  bytes.writeUInt32LE(checksum(bytes), CHECKSUM_AT);
  return { bytes, hash: recordHash(bytes) };
}

export type DecodedRecord = { readonly record: StoredRecord; readonly hash: Uint8Array };

/**
 * The record in `bytes`, which must stand at `place` (its epoch is read, not compared).
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if it is foreign, of a newer format, damaged, or out of its place.
 */
export function decodeRecord(bytes: Uint8Array, place: Omit<RecordPlace, "epoch">): DecodedRecord {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (why: string) =>
    new MusterError("JOURNAL_UNREADABLE", `Cannot read record ${place.sequence} of ${place.partition} as ${why}`, {
      metadata: { partition: place.partition, sequence: String(place.sequence) },
    });
  if (view.length < HEADER_BYTES || view.toString("latin1", 0, 2) !== "Mu") throw refuse("a record: it is foreign");
  const format = view.readUInt8(2);
  if (format !== RECORD_FORMAT) throw refuse(`format ${RECORD_FORMAT}: it is format ${format}, of another build`);
  const body = view.subarray(HEADER_BYTES);
  if (view.readUInt32LE(40) !== body.length || view.readUInt32LE(CHECKSUM_AT) !== checksum(view)) {
    throw refuse("it was written: it is damaged");
  }
  if (!sha256(body).equals(view.subarray(BODY_HASH_AT, PREVIOUS_HASH_AT)))
    throw refuse("it was written: it is damaged");
  const sequence = Number(view.readBigUInt64LE(16));
  const samePartition = partitionMark(place.partition).equals(view.subarray(32, 40));
  const follows = Buffer.compare(place.previousHash, view.subarray(PREVIOUS_HASH_AT, HEADER_BYTES)) === 0;
  if (sequence !== place.sequence || !samePartition || !follows) {
    throw refuse(`the next of its chain: it is record ${sequence} of another one`);
  }
  return {
    record: {
      sequence,
      epoch: Number(view.readBigUInt64LE(8)),
      timeMs: view.readDoubleLE(24),
      kind: view.readUInt16LE(4),
      body: Uint8Array.from(body),
    },
    hash: recordHash(view),
  };
}

function checksum(bytes: Buffer): number {
  return crc32(bytes.subarray(HEADER_BYTES), crc32(bytes.subarray(0, CHECKSUM_AT)));
}

function recordHash(bytes: Buffer): Buffer {
  return createHash("sha256")
    .update(bytes.subarray(0, 40)) // Without length and checksum, which change when the body is erased.
    .update(bytes.subarray(BODY_HASH_AT, HEADER_BYTES))
    .digest();
}

const marks = new Map<string, Buffer>();

function partitionMark(partition: string): Buffer {
  let mark = marks.get(partition);
  if (!mark) {
    mark = sha256(Buffer.from(partition)).subarray(0, 8);
    marks.set(partition, mark);
  }
  return mark;
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
