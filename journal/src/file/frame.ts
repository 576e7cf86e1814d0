// What one write puts into a segment: the records and cursor moves of a group of callers, of which a crash leaves all or
// nothing. Each frame is written only after the one before it is durable, so that only the last one can ever be torn.
//
//   offset  bytes  field
//        0      4  magic "MuFr"
//        4      4  CRC-32 of bytes 8..39
//        8      4  length of the records
//       12      4  length of the cursor moves
//       16      8  sequence of the first record; without one, of the next that will be, IEEE double
//       24      4  how many records
//       28      4  CRC-32 of everything after the header
//       32      8  epoch, IEEE double
//       40      …  the records, then the moves as JSON: pairs of name and sequence, null for a cursor that is removed
//
// Numbers are little-endian.
import { crc32 } from "node:zlib";

export const FRAME_HEADER_BYTES = 40;
const MAGIC = Buffer.from("MuFr");

/** Undefined: the cursor is removed. */
export type CursorMove = { readonly name: string; readonly sequence: number | undefined };

export type FrameContents = {
  readonly epoch: number;
  readonly firstSequence: number;
  /** How many records there are. */
  readonly count: number;
  /** Encoded, in order, in any pieces. */
  readonly records: readonly Uint8Array[];
  readonly moves: readonly CursorMove[];
};

export type FrameHeader = {
  readonly epoch: number;
  readonly firstSequence: number;
  readonly count: number;
  readonly recordBytes: number;
  readonly moveBytes: number;
  readonly checksum: number;
};

/** The frame as bytes. */
export function encodeFrame({ epoch, firstSequence, count, records, moves }: FrameContents): Buffer {
  const moved = moves.length === 0 ? Buffer.alloc(0) : Buffer.from(JSON.stringify(moves.map(pairOf)));
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  const frame = Buffer.concat([header, ...records, moved]);
  MAGIC.copy(frame, 0);
  frame.writeUInt32LE(frame.length - FRAME_HEADER_BYTES - moved.length, 8);
  frame.writeUInt32LE(moved.length, 12);
  frame.writeDoubleLE(firstSequence, 16);
  frame.writeUInt32LE(count, 24);
  frame.writeUInt32LE(crc32(frame.subarray(FRAME_HEADER_BYTES)), 28);
  frame.writeDoubleLE(epoch, 32);
  frame.writeUInt32LE(crc32(frame.subarray(8, FRAME_HEADER_BYTES)), 4);
  return frame;
}

/** The header at `offset`, or undefined if none is there. */
export function readFrameHeader(bytes: Buffer, offset: number): FrameHeader | undefined {
  if (offset + FRAME_HEADER_BYTES > bytes.length || bytes.compare(MAGIC, 0, 4, offset, offset + 4) !== 0)
    return undefined;
  if (bytes.readUInt32LE(offset + 4) !== crc32(bytes.subarray(offset + 8, offset + FRAME_HEADER_BYTES)))
    return undefined;
  return {
    recordBytes: bytes.readUInt32LE(offset + 8),
    moveBytes: bytes.readUInt32LE(offset + 12),
    firstSequence: bytes.readDoubleLE(offset + 16),
    count: bytes.readUInt32LE(offset + 24),
    checksum: bytes.readUInt32LE(offset + 28),
    epoch: bytes.readDoubleLE(offset + 32),
  };
}

/** Of the whole frame. */
export function frameBytes({ recordBytes, moveBytes }: FrameHeader): number {
  return FRAME_HEADER_BYTES + recordBytes + moveBytes;
}

/** Whether what follows the header is what it was made for. */
export function isWholeFrame(bytes: Buffer, header: FrameHeader): boolean {
  return bytes.length === frameBytes(header) && crc32(bytes.subarray(FRAME_HEADER_BYTES)) === header.checksum;
}

/** The cursor moves of a whole frame. */
export function movesOf(frame: Buffer, { recordBytes, moveBytes }: FrameHeader): readonly CursorMove[] {
  if (moveBytes === 0) return [];
  const pairs = JSON.parse(frame.toString("utf8", FRAME_HEADER_BYTES + recordBytes)) as [string, number | null][];
  return pairs.map(([name, sequence]) => ({ name, sequence: sequence ?? undefined }));
}

/** Where a frame begins in `bytes`, from `offset` on; undefined: nowhere. */
export function findFrame(bytes: Buffer, offset: number): number | undefined {
  for (let at = bytes.indexOf(MAGIC, offset); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
    if (readFrameHeader(bytes, at)) return at;
  }
  return undefined;
}

function pairOf({ name, sequence }: CursorMove): readonly [string, number | null] {
  return [name, sequence ?? null];
}
