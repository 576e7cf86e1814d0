// Writes columns (columns.ts), a slice of work at a time.
import { crc32 } from "node:zlib";
import { invariant } from "@muster/kit";
import {
  BLOCK_HEADER_BYTES,
  COLUMN_TYPES,
  type ColumnSchema,
  type ColumnType,
  type ColumnValue,
  END_TYPE,
} from "./columns.ts";

/** Rows by column. Each is walked once, after those before it in the schema: what it yields may follow from their walks. */
export type ColumnRows<Schema extends ColumnSchema> = {
  readonly [Name in keyof Schema]: Iterable<ColumnValue<Schema[Name]>>;
};

/** Rows of a block: bounds the work between two chunks to some milliseconds, at up to a microsecond a row. */
const BLOCK_ROWS_MAX = 8_192;
/** Bytes of strings or blobs at which a block is full, where the caller's rows are cheap to make. */
const BLOCK_BYTES_DEFAULT = 262_144;
/** Bytes of a chunk: what a journal takes in one piece. */
const CHUNK_BYTES_MAX = 1_048_576;

/**
 * All of `columns` as chunks of 1 byte to 1 MiB. Rows are asked for as the chunks are: about 8,000 for each, or
 * `blockBytes` of them (default 256 KiB).
 */
export function* writeColumns<Schema extends ColumnSchema>(
  schema: Schema,
  columns: ColumnRows<Schema>,
  { blockBytes = BLOCK_BYTES_DEFAULT }: { readonly blockBytes?: number } = {},
): Generator<Uint8Array, void> {
  const chunks = createChunks(blockBytes);
  let number = 0;
  for (const [name, type] of Object.entries(schema)) {
    for (const block of blocksOf(type, columns[name] ?? [], blockBytes)) {
      chunks.add(headerOf({ name, typeNumber: COLUMN_TYPES.indexOf(type), number, block }), ...block.payload);
      number += 1;
      if (chunks.isFull(block.rows)) yield* chunks.take();
    }
  }
  const end = { rows: Object.keys(schema).length, payload: [] };
  chunks.add(headerOf({ name: "", typeNumber: END_TYPE, number, block: end }));
  yield* chunks.take();
}

/** The payload in pieces, which are valid until the next block is asked for. */
type Block = { readonly rows: number; readonly payload: readonly Uint8Array[] };

function blocksOf(type: ColumnType, rows: Iterable<number | string | Uint8Array>, blockBytes: number): Iterable<Block> {
  // The schema's type and the rows' go together by ColumnRows, which the compiler cannot follow over a loop of names.
  switch (type) {
    case "string":
      return stringBlocks(rows as Iterable<string>, blockBytes);
    case "blob":
      return blobBlocks(rows as Iterable<Uint8Array>, blockBytes);
    case "u8":
      return numberBlocks(new Uint8Array(BLOCK_ROWS_MAX), rows as Iterable<number>);
    case "u32":
      return numberBlocks(new Uint32Array(BLOCK_ROWS_MAX), rows as Iterable<number>);
    case "f64":
      return numberBlocks(new Float64Array(BLOCK_ROWS_MAX), rows as Iterable<number>);
  }
}

function* numberBlocks(
  numbers: Uint8Array | Uint32Array | Float64Array,
  rows: Iterable<number>,
): Generator<Block, void> {
  let count = 0;
  const take = (): Block => ({
    rows: count,
    payload: [new Uint8Array(numbers.buffer, 0, count * numbers.BYTES_PER_ELEMENT)],
  });
  let isFirst = true;
  for (const row of rows) {
    if (count === BLOCK_ROWS_MAX) {
      yield take();
      isFirst = false;
      count = 0;
    }
    numbers[count] = row;
    count += 1;
  }
  if (count > 0 || isFirst) yield take();
}

function* stringBlocks(rows: Iterable<string>, blockBytes: number): Generator<Block, void> {
  for (const texts of groupsOf(rows, blockBytes)) {
    const text = texts.join("");
    const bytes = Buffer.from(text, "utf8");
    // All ASCII, as ids are: a string is as long as its bytes.
    const lengthOf =
      bytes.length === text.length ? (one: string) => one.length : (one: string) => Buffer.byteLength(one);
    const lengths = Uint32Array.from(texts, lengthOf);
    yield { rows: texts.length, payload: [new Uint8Array(lengths.buffer), bytes] };
  }
}

function* blobBlocks(rows: Iterable<Uint8Array>, blockBytes: number): Generator<Block, void> {
  for (const blobs of groupsOf(rows, blockBytes)) {
    const lengths = Uint32Array.from(blobs, (blob) => blob.length);
    yield { rows: blobs.length, payload: [new Uint8Array(lengths.buffer), Buffer.concat(blobs)] };
  }
}

/** Rows in groups of one block each; at least one group, which may be empty. */
function* groupsOf<Row extends { readonly length: number }>(
  rows: Iterable<Row>,
  blockBytes: number,
): Generator<readonly Row[], void> {
  let group: Row[] = [];
  let length = 0;
  let isFirst = true;
  for (const row of rows) {
    if (group.length === BLOCK_ROWS_MAX || length >= blockBytes) {
      yield group;
      isFirst = false;
      group = [];
      length = 0;
    }
    group.push(row);
    length += row.length;
  }
  if (group.length > 0 || isFirst) yield group;
}

function headerOf(head: {
  readonly name: string;
  readonly typeNumber: number;
  readonly number: number;
  readonly block: Block;
}): Uint8Array {
  const { rows, payload } = head.block;
  const nameBytes = Buffer.byteLength(head.name);
  invariant(nameBytes === head.name.length && nameBytes <= 255, "names of columns are short and ASCII");
  const header = Buffer.alloc(BLOCK_HEADER_BYTES + nameBytes);
  header.writeUInt32LE(
    payload.reduce((sum, piece) => sum + piece.length, 0),
    4,
  );
  header.writeUInt32LE(rows, 8);
  header.writeUInt16LE(head.number % 65_536, 12);
  header.writeUInt8(head.typeNumber, 14);
  header.writeUInt8(nameBytes, 15);
  header.write(head.name, BLOCK_HEADER_BYTES, "latin1");
  header.writeUInt32LE(
    payload.reduce((sum, piece) => crc32(piece, sum), crc32(header.subarray(4))),
    0,
  );
  return header;
}

/** Gathers small pieces into chunks and cuts large ones. What is added is copied at once. */
function createChunks(blockBytes: number) {
  let gathered = Buffer.allocUnsafeSlow(2 * blockBytes);
  let bytes = 0;
  let rows = 0;
  const makeRoom = (more: number) => {
    if (bytes + more <= gathered.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * gathered.length, bytes + more));
    larger.set(gathered.subarray(0, bytes));
    gathered = larger;
  };
  return {
    add(...pieces: readonly Uint8Array[]): void {
      for (const piece of pieces) {
        makeRoom(piece.length);
        gathered.set(piece, bytes);
        bytes += piece.length;
      }
    },
    isFull(moreRows: number): boolean {
      rows += moreRows;
      return rows >= BLOCK_ROWS_MAX || bytes >= blockBytes;
    },
    /** Everything that was gathered. */
    *take(): Generator<Uint8Array, void> {
      for (let offset = 0; offset < bytes; offset += CHUNK_BYTES_MAX) {
        yield new Uint8Array(gathered.subarray(offset, Math.min(offset + CHUNK_BYTES_MAX, bytes)));
      }
      bytes = 0;
      rows = 0;
    },
  };
}
