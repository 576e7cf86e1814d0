// Columns: how a snapshot is laid out as bytes. A state of a million entries is written column by column, in blocks that each
// take a few milliseconds of work, and read back without making an object of anything that nobody asks for.
//
// A file of columns is a row of blocks, each proven by its own checksum; the last one is a mark without which the file was cut.
//
//   offset  bytes  field of a block
//        0      4  CRC-32 of everything that follows
//        4      4  length of the payload
//        8      4  rows
//       12      2  number of the block, from 0, modulo 65,536: blocks of one file cannot change places
//       14      1  type: its place in COLUMN_TYPES; END_TYPE for the mark at the end, whose rows count the columns
//       15      1  length of the name
//       16      …  name of the column, ASCII
//        …      …  payload: the numbers; or for strings and blobs the length of each (u32), then all of them in a row
//
// Numbers are little-endian, as every machine is that Node runs on. A column without rows has one block all the same. Blocks of
// a column stand in the order of its rows, and others may stand between them: what belongs together is written while it is at hand. The
// same slices of rows make the same bytes.

/** In the order of their numbers in a block. `string` is text as UTF-8; `blob` is bytes. */
export const COLUMN_TYPES = ["u8", "u32", "f64", "string", "blob"] as const;

export type ColumnType = (typeof COLUMN_TYPES)[number];

/** The columns of a file by name, in the order in which they are written. Names are ASCII, of 1 to 255 characters. */
export type ColumnSchema = Readonly<Record<string, ColumnType>>;

/** What a row of a column is written from. */
export type ColumnValue<Type extends ColumnType> = Type extends "string"
  ? string
  : Type extends "blob"
    ? Uint8Array
    : number;

/** A column of strings or blobs as it is read: a row is decoded whenever it is asked for, and not before. */
export interface LazyColumn<Value> {
  readonly length: number;
  /** Row `row`, from 0; to ask for one that is not there is a mistake of ours. A blob is a view of the file's memory. */
  at(row: number): Value;
}

/** A column as it is read. */
export type ReadColumn<Type extends ColumnType> = {
  u8: Uint8Array;
  u32: Uint32Array;
  f64: Float64Array;
  string: LazyColumn<string>;
  blob: LazyColumn<Uint8Array>;
}[Type];

export const BLOCK_HEADER_BYTES = 16;
export const END_TYPE = 255;
/** Bytes of one number of the type; of strings and blobs: of the length that leads each. */
export const NUMBER_BYTES = { u8: 1, u32: 4, f64: 8, string: 4, blob: 4 } as const satisfies Record<ColumnType, number>;
