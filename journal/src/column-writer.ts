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
/** Bytes of strings or blobs at which a block is full. */
const BLOCK_BYTES = 262_144;
/** Bytes of a chunk: what a journal takes in one piece. */
const CHUNK_BYTES_MAX = 1_048_576;

/**
 * All of `columns` as chunks of 1 byte to 1 MiB. Rows are asked for as the chunks are: about 8,000 or 256 KiB for each.
 */
export function* writeColumns<Schema extends ColumnSchema>(
  schema: Schema,
  columns: ColumnRows<Schema>,
): Generator<Uint8Array, void> {
  const chunks = createChunks();
  let block = 0;
  for (const [name, type] of Object.entries(schema)) {
    for (const { rows, payload } of blocksOf(type, columns[name] ?? [])) {
      chunks.add(headerOf({ name, typeNumber: COLUMN_TYPES.indexOf(type), rows, block, payload }), rows);
      chunks.add(payload, 0);
      block += 1;
      yield* chunks.takeFull();
    }
  }
  const columnCount = Object.keys(schema).length;
  chunks.add(headerOf({ name: "", typeNumber: END_TYPE, rows: columnCount, block, payload: new Uint8Array(0) }), 0);
  yield* chunks.takeAll();
}

type Block = { readonly rows: number; readonly payload: Uint8Array };

function blocksOf(type: ColumnType, rows: Iterable<number | string | Uint8Array>): Iterable<Block> {
  // The schema's type and the rows' go together by ColumnRows, which the compiler cannot follow over a loop of names.
  switch (type) {
    case "string":
      return stringBlocks(rows as Iterable<string>);
    case "blob":
      return blobBlocks(rows as Iterable<Uint8Array>);
    case "u8":
      return numberBlocks(() => new Uint8Array(BLOCK_ROWS_MAX), rows as Iterable<number>);
    case "u32":
      return numberBlocks(() => new Uint32Array(BLOCK_ROWS_MAX), rows as Iterable<number>);
    case "f64":
      return numberBlocks(() => new Float64Array(BLOCK_ROWS_MAX), rows as Iterable<number>);
  }
}

function* numberBlocks(
  allocate: () => Uint8Array | Uint32Array | Float64Array,
  rows: Iterable<number>,
): Generator<Block, void> {
  let numbers = allocate();
  let count = 0;
  const take = (): Block => ({
    rows: count,
    payload: new Uint8Array(numbers.buffer, 0, count * numbers.BYTES_PER_ELEMENT),
  });
  let isFirst = true;
  for (const row of rows) {
    if (count === BLOCK_ROWS_MAX) {
      yield take();
      isFirst = false;
      numbers = allocate();
      count = 0;
    }
    numbers[count] = row;
    count += 1;
  }
  if (count > 0 || isFirst) yield take();
}

function* stringBlocks(rows: Iterable<string>): Generator<Block, void> {
  for (const texts of groupsOf(rows)) {
    const text = texts.join("");
    const bytes = Buffer.from(text, "utf8");
    // All ASCII, as ids are: a string is as long as its bytes.
    const lengthOf =
      bytes.length === text.length ? (one: string) => one.length : (one: string) => Buffer.byteLength(one);
    const lengths = Uint32Array.from(texts, lengthOf);
    yield { rows: texts.length, payload: Buffer.concat([new Uint8Array(lengths.buffer), bytes]) };
  }
}

function* blobBlocks(rows: Iterable<Uint8Array>): Generator<Block, void> {
  for (const blobs of groupsOf(rows)) {
    const lengths = Uint32Array.from(blobs, (blob) => blob.length);
    yield { rows: blobs.length, payload: Buffer.concat([new Uint8Array(lengths.buffer), ...blobs]) };
  }
}

/** Rows in groups of one block each; at least one group, which may be empty. */
function* groupsOf<Row extends { readonly length: number }>(rows: Iterable<Row>): Generator<readonly Row[], void> {
  let group: Row[] = [];
  let length = 0;
  let isFirst = true;
  for (const row of rows) {
    if (group.length === BLOCK_ROWS_MAX || length >= BLOCK_BYTES) {
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
  readonly rows: number;
  readonly block: number;
  readonly payload: Uint8Array;
}): Uint8Array {
  const nameBytes = Buffer.byteLength(head.name);
  invariant(nameBytes === head.name.length && nameBytes <= 255, "names of columns are short and ASCII");
  const header = Buffer.alloc(BLOCK_HEADER_BYTES + nameBytes);
  header.writeUInt32LE(head.payload.length, 4);
  header.writeUInt32LE(head.rows, 8);
  header.writeUInt16LE(head.block % 65_536, 12);
  header.writeUInt8(head.typeNumber, 14);
  header.writeUInt8(nameBytes, 15);
  header.write(head.name, BLOCK_HEADER_BYTES, "latin1");
  header.writeUInt32LE(crc32(head.payload, crc32(header.subarray(4))), 0);
  return header;
}

/** Gathers small pieces into chunks and cuts large ones. */
function createChunks() {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  let rows = 0;
  function* takeAll(): Generator<Uint8Array, void> {
    const whole = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
    pieces = [];
    bytes = 0;
    rows = 0;
    for (let offset = 0; offset < whole.length; offset += CHUNK_BYTES_MAX) {
      yield whole.subarray(offset, offset + CHUNK_BYTES_MAX);
    }
  }
  return {
    add(piece: Uint8Array, itsRows: number): void {
      pieces.push(piece);
      bytes += piece.length;
      rows += itsRows;
    },
    takeAll,
    *takeFull(): Generator<Uint8Array, void> {
      if (rows >= BLOCK_ROWS_MAX || bytes >= BLOCK_BYTES) yield* takeAll();
    },
  };
}
