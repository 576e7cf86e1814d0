// New records as one block of memory: a thread is handed the block itself, where each body alone would be copied, with
// whatever larger buffer it may be a view of.
import { invariant } from "@muster/kit";
import type { NewRecord } from "./journal.ts";

//   offset  bytes  field, of each record
//        0      8  journal time, ms, IEEE double
//        8      4  length of the body
//       12      2  kind
//       14      …  body
const HEAD_BYTES = 14;
const KIND_MAX = 65_535;

/** All of `records` in a new block. */
export function packRecords(records: readonly NewRecord[]): ArrayBuffer {
  let blockBytes = 0;
  for (const { body } of records) blockBytes += HEAD_BYTES + body.length;
  const block = new ArrayBuffer(blockBytes);
  const view = new DataView(block);
  const bytes = new Uint8Array(block);
  let offset = 0;
  for (const { timeMs, kind, body } of records) {
    invariant(Number.isInteger(kind) && kind >= 0 && kind <= KIND_MAX, `A record's kind is 0..${KIND_MAX}`);
    view.setFloat64(offset, timeMs);
    view.setUint32(offset + 8, body.length);
    view.setUint16(offset + 12, kind);
    bytes.set(body, offset + HEAD_BYTES);
    offset += HEAD_BYTES + body.length;
  }
  return block;
}

/** The records of a block that `packRecords` made; their bodies are views of it. */
export function unpackRecords(block: ArrayBuffer): readonly NewRecord[] {
  const view = new DataView(block);
  const records: NewRecord[] = [];
  for (let offset = 0; offset < block.byteLength; ) {
    const bodyBytes = view.getUint32(offset + 8);
    records.push({
      timeMs: view.getFloat64(offset),
      kind: view.getUint16(offset + 12),
      body: new Uint8Array(block, offset + HEAD_BYTES, bodyBytes),
    });
    offset += HEAD_BYTES + bodyBytes;
  }
  return records;
}
