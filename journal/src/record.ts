// One record as bytes: a fixed header, then the body. The header's hash chain covers the hash of the body, not the body
// itself, so that a body can be erased later while the chain still proves that nothing was inserted, lost or changed. An
// erased body has length 0 beside a hash that is not of nothing.
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
//
// Numbers are little-endian.
import { hash as digest } from "node:crypto";
import { crc32 } from "node:zlib";
import { MusterError } from "@muster/proto";
import type { NewRecord, StoredRecord } from "./journal.ts";

const RECORD_FORMAT = 1;
const HEADER_BYTES = 112;
const BODY_BYTES_AT = 40;
const CHECKSUM_AT = 44;
const BODY_HASH_AT = 48;
const PREVIOUS_HASH_AT = 80;
const HASH_BYTES = 32;

/** What stands in place of the previous record's hash in the first record. */
export const FIRST_HASH: Uint8Array = new Uint8Array(HASH_BYTES);

export type RecordPlace = {
  readonly partition: string;
  readonly sequence: number;
  /** Of the record before; undefined: the caller has not read it, and any will do. */
  readonly previousHash: Uint8Array | undefined;
};

export type RecordOrigin = {
  readonly partition: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly previousHash: Uint8Array;
};

/** The record as bytes, and the hash that the next record carries. */
export function encodeRecord(record: NewRecord, origin: RecordOrigin): { bytes: Uint8Array; hash: Uint8Array } {
  return encodeRecords([record], origin);
}

/** The records as bytes, one after the other, the first of them in the place of `origin`; and the hash that the next carries. */
export function encodeRecords(
  records: readonly NewRecord[],
  origin: RecordOrigin,
): { bytes: Uint8Array; hash: Uint8Array } {
  let allBytes = 0;
  for (const { body } of records) allBytes += HEADER_BYTES + body.length;
  const bytes = Buffer.allocUnsafe(allBytes);
  header.fill(0);
  header.write("Mu", 0, "latin1");
  header.writeUInt8(RECORD_FORMAT, 2);
  writeCount(header, origin.epoch, 8);
  header.set(partitionMark(origin.partition), 32);
  header.set(origin.previousHash, PREVIOUS_HASH_AT);
  let { sequence } = origin;
  let offset = 0;
  for (const { kind, timeMs, body } of records) {
    header.writeUInt16LE(kind, 4);
    writeCount(header, sequence, 16);
    header.writeDoubleLE(timeMs, 24);
    header.writeUInt32LE(body.length, BODY_BYTES_AT);
    header.write(sha256(body), BODY_HASH_AT, "latin1");
    header.writeUInt32LE(crc32(body, crc32(checked)), CHECKSUM_AT);
    header.copy(bytes, offset);
    bytes.set(body, offset + HEADER_BYTES);
    offset += HEADER_BYTES + body.length;
    header.write(hashHeader(header), PREVIOUS_HASH_AT, "latin1");
    sequence += 1;
  }
  return { bytes, hash: Buffer.from(header.subarray(PREVIOUS_HASH_AT)) };
}

/** Where the record that starts at `offset` ends, by what its header says. */
export function endOfRecord(bytes: Uint8Array, offset: number): number {
  const view = asBuffer(bytes);
  if (offset + HEADER_BYTES > view.length) return view.length;
  return Math.min(offset + HEADER_BYTES + view.readUInt32LE(offset + BODY_BYTES_AT), view.length);
}

/**
 * The hash that the record after `bytes` must carry, once `bytes` has proved to be the whole record of `place`. Whether the
 * body is the one that the header was made for is left to `readRecord`: the two halves of the work run on two threads.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if it is foreign, of a newer format, damaged, or out of its place.
 */
export function verifyRecord(bytes: Uint8Array, place: RecordPlace): Uint8Array {
  const view = asBuffer(bytes);
  const refuse = (why: string) => unreadable(place.partition, place.sequence, why);
  if (view.length < HEADER_BYTES || view[0] !== 0x4d || view[1] !== 0x75) throw refuse("a record: it is foreign");
  const format = view.readUInt8(2);
  if (format !== RECORD_FORMAT) throw refuse(`format ${RECORD_FORMAT}: it is format ${format}, of another build`);
  const body = view.subarray(HEADER_BYTES);
  const whole = view.readUInt32LE(BODY_BYTES_AT) === body.length && view.readUInt32LE(CHECKSUM_AT) === checksum(view);
  if (!whole) throw refuse("it was written: it is damaged");
  const sequence = readCount(view, 16);
  const inPlace =
    sequence === place.sequence &&
    view.compare(partitionMark(place.partition), 0, 8, 32, BODY_BYTES_AT) === 0 &&
    (place.previousHash === undefined ||
      view.compare(place.previousHash, 0, HASH_BYTES, PREVIOUS_HASH_AT, HEADER_BYTES) === 0);
  if (!inPlace) throw refuse(`the next of its chain: it is record ${sequence} of another one`);
  return Buffer.from(hashHeader(view), "latin1");
}

/**
 * The record that starts at `offset` of `bytes`, which `verifyRecord` has seen, and where it ends.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if the body is not the one that the header was made for.
 */
export function readRecord(
  bytes: Uint8Array,
  offset: number,
  partition: string,
): { record: StoredRecord; endOffset: number } {
  const view = asBuffer(bytes);
  const bodyOffset = offset + HEADER_BYTES;
  const endOffset = endOfRecord(view, offset);
  const sequence = readCount(view, offset + 16);
  const body = new Uint8Array(bytes.subarray(bodyOffset, endOffset)); // A copy: a state that keeps a body must not keep the page around it.
  const proven = sha256(body) === view.toString("latin1", offset + BODY_HASH_AT, offset + PREVIOUS_HASH_AT);
  if (!proven && body.length > 0) throw unreadable(partition, sequence, "it was written: its body was changed");
  const record: StoredRecord = {
    kind: view.readUInt16LE(offset + 4),
    epoch: readCount(view, offset + 8),
    sequence,
    timeMs: view.readDoubleLE(offset + 24),
    body,
    erased: !proven,
  };
  return { record, endOffset };
}

/** The record without its body: the header still proves what the body was, and its place in the chain. */
export function eraseBody(bytes: Uint8Array): Uint8Array {
  const erased = Buffer.from(bytes.subarray(0, HEADER_BYTES));
  erased.writeUInt32LE(0, BODY_BYTES_AT);
  erased.writeUInt32LE(checksum(erased), CHECKSUM_AT);
  return erased;
}

/** The refusal of a record that is not what it should be: "Cannot read record 7 of matcher as " and `why`. */
export function unreadable(partition: string, sequence: number, why: string): MusterError {
  return new MusterError("JOURNAL_UNREADABLE", `Cannot read record ${sequence} of ${partition} as ${why}`, {
    metadata: { partition, sequence: String(sequence) },
  });
}

function checksum(bytes: Buffer): number {
  return crc32(bytes.subarray(HEADER_BYTES), crc32(bytes.subarray(0, CHECKSUM_AT)));
}

// Where records are put together, and what is hashed of each: one after the other, so that one of each is enough.
const header = Buffer.alloc(HEADER_BYTES);
const checked = header.subarray(0, CHECKSUM_AT);
const chained = Buffer.alloc(HEADER_BYTES - (BODY_HASH_AT - BODY_BYTES_AT));

/** Of a record's header, without length and checksum, which change when the body is erased. */
function hashHeader(bytes: Buffer): string {
  bytes.copy(chained, 0, 0, BODY_BYTES_AT);
  bytes.copy(chained, BODY_BYTES_AT, BODY_HASH_AT, HEADER_BYTES);
  return sha256(chained);
}

const marks = new Map<string, Buffer>();

function partitionMark(partition: string): Buffer {
  let mark = marks.get(partition);
  if (!mark) {
    mark = Buffer.from(sha256(Buffer.from(partition)), "latin1").subarray(0, 8);
    marks.set(partition, mark);
  }
  return mark;
}

/** A byte a character: Node hands a string over in a third of the time that a buffer of its own takes. */
function sha256(bytes: Uint8Array): string {
  return digest("sha256", bytes, "binary");
}

// 64 bits of which 53 are used: two halves are written faster than a BigInt.
function writeCount(bytes: Buffer, count: number, offset: number): void {
  bytes.writeUInt32LE(count % 2 ** 32, offset);
  bytes.writeUInt32LE(Math.floor(count / 2 ** 32), offset + 4);
}

function readCount(bytes: Buffer, offset: number): number {
  return bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * 2 ** 32;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
