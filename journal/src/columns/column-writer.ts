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

/** Rows of some columns, which follow those that earlier slices gave of the same columns. */
export type ColumnSlice<Schema extends ColumnSchema> = {
  readonly [Name in keyof Schema]?: readonly ColumnValue<Schema[Name]>[];
};

/** Rows by column. Each is walked once, after those before it in the schema: what it yields may follow from their walks. */
export type ColumnRows<Schema extends ColumnSchema> = {
  readonly [Name in keyof Schema]: Iterable<ColumnValue<Schema[Name]>>;
};

/** Rows of a slice of a whole column: bounds the work between two chunks to some milliseconds, at up to a microsecond a row. */
const SLICE_ROWS_MAX = 8_192;
/** Bytes of strings or blobs at which a block is full, where the caller's rows are cheap to make. */
const BLOCK_BYTES_DEFAULT = 262_144;
/** Bytes of a chunk: what a journal takes in one piece. */
const CHUNK_BYTES_MAX = 1_048_576;

/**
 * All of `slices` as chunks of 1 byte to 1 MiB; a column that none of them gives has no rows. A slice is asked for when those before it
 * are written, and a chunk follows as soon as 8,192 rows or `blockBytes` (default 256 KiB) have gathered: what makes the slices decides
 * how long the work between two chunks takes.
 */
export function* writeColumns<Schema extends ColumnSchema>(
  schema: Schema,
  slices: Iterable<ColumnSlice<Schema>>,
  { blockBytes = BLOCK_BYTES_DEFAULT }: { readonly blockBytes?: number } = {},
): Generator<Uint8Array, void> {
  const chunks = createChunks(blockBytes);
  const names = new Set(Object.keys(schema));
  const missing = new Set(names);
  let number = 0;
  const add = (name: string, rows: readonly (number | string | Uint8Array)[]) => {
    const type = schema[name];
    invariant(type !== undefined, `a slice is of columns of its schema: ${name}`);
    const block = { rows: rows.length, payload: payloadOf(type, rows) };
    chunks.add(headerOf({ name, typeNumber: COLUMN_TYPES.indexOf(type), number, block }), ...block.payload);
    number += 1;
    missing.delete(name);
  };
  for (const slice of slices) {
    let rows = 0;
    for (const [name, some] of Object.entries(slice) as [string, readonly (number | string | Uint8Array)[]][]) {
      add(name, some);
      rows += some.length;
    }
    if (chunks.isFull(rows)) yield* chunks.take();
  }
  for (const name of missing) add(name, []);
  chunks.add(headerOf({ name: "", typeNumber: END_TYPE, number, block: { rows: names.size, payload: [] } }));
  yield* chunks.take();
}

/** Slices of whole columns, one column after the other, of about 8,000 rows, or of `blockBytes` (default 256 KiB) of strings or blobs. */
export function* sliceColumns<Schema extends ColumnSchema>(
  columns: ColumnRows<Schema>,
  { blockBytes = BLOCK_BYTES_DEFAULT }: { readonly blockBytes?: number } = {},
): Generator<ColumnSlice<Schema>, void> {
  for (const [name, rows] of Object.entries(columns) as [string, Iterable<number | string | Uint8Array>][]) {
    // The rows are the schema's by ColumnRows, which the compiler cannot follow over a loop of names.
    for (const group of groupsOf(rows, blockBytes)) yield { [name]: group } as ColumnSlice<Schema>;
  }
}

type Block = { readonly rows: number; readonly payload: readonly Uint8Array[] };

/** The rows as bytes, in pieces. */
function payloadOf(type: ColumnType, rows: readonly (number | string | Uint8Array)[]): readonly Uint8Array[] {
  // The schema's type and the rows' go together by ColumnSlice, which the compiler cannot follow over a loop of names.
  switch (type) {
    case "string":
      return stringPayload(rows as readonly string[]);
    case "blob":
      return blobPayload(rows as readonly Uint8Array[]);
    case "u8":
      return [new Uint8Array(rows as readonly number[])];
    case "u32":
      return [bytesOf(new Uint32Array(rows as readonly number[]))];
    case "f64":
      return [bytesOf(new Float64Array(rows as readonly number[]))];
  }
}

function bytesOf({ buffer }: Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>): Uint8Array {
  return new Uint8Array(buffer);
}

function stringPayload(texts: readonly string[]): readonly Uint8Array[] {
  const text = texts.join("");
  const bytes = Buffer.from(text, "utf8");
  // All ASCII, as ids are: a string is as long as its bytes.
  const lengthOf = bytes.length === text.length ? (one: string) => one.length : (one: string) => Buffer.byteLength(one);
  return [lengthsOf(texts, lengthOf), bytes];
}

function blobPayload(blobs: readonly Uint8Array[]): readonly Uint8Array[] {
  return [lengthsOf(blobs, (blob) => blob.length), Buffer.concat(blobs)];
}

function lengthsOf<Row>(rows: readonly Row[], lengthOf: (row: Row) => number): Uint8Array {
  const lengths = new Uint32Array(rows.length);
  for (let row = 0; row < rows.length; row += 1) lengths[row] = lengthOf(rows[row] as Row);
  return bytesOf(lengths);
}

/** Rows in groups of one slice each. */
function* groupsOf<Row extends number | string | Uint8Array>(
  rows: Iterable<Row>,
  blockBytes: number,
): Generator<readonly Row[], void> {
  let group: Row[] = [];
  let length = 0;
  for (const row of rows) {
    if (group.length === SLICE_ROWS_MAX || length >= blockBytes) {
      yield group;
      group = [];
      length = 0;
    }
    group.push(row);
    length += typeof row === "number" ? 0 : row.length;
  }
  if (group.length > 0) yield group;
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
      return rows >= SLICE_ROWS_MAX || bytes >= blockBytes;
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
