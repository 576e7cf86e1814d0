// Reads columns (columns.ts) back: numbers as typed arrays, strings and blobs row by row when they are asked for.
import { isAscii } from "node:buffer";
import { crc32 } from "node:zlib";
import { invariant } from "@muster/kit";
import { MusterError } from "@muster/proto";
import {
  BLOCK_HEADER_BYTES,
  COLUMN_TYPES,
  type ColumnSchema,
  type ColumnType,
  END_TYPE,
  type LazyColumn,
  NUMBER_BYTES,
  type ReadColumn,
} from "./columns.ts";

export type ReadColumns<Schema extends ColumnSchema> = { readonly [Name in keyof Schema]: ReadColumn<Schema[Name]> };

/**
 * The columns of `schema`, from chunks of any size that together are the file.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if the file is damaged or cut, or has other columns than those of `schema`.
 */
export async function readColumns<Schema extends ColumnSchema>(
  schema: Schema,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<ReadColumns<Schema>> {
  const blocks = new Map<string, Block[]>(Object.keys(schema).map((name) => [name, []]));
  for await (const block of readBlocks(chunks)) {
    const { name, type } = block;
    const known = blocks.get(name);
    if (!known || schema[name] !== type)
      throw unreadable(`this build knows them: column ${name} of ${type} is foreign`);
    known.push(block);
  }
  const missing = Object.keys(schema).find((name) => blocks.get(name)?.length === 0);
  if (missing !== undefined) throw unreadable(`this build knows them: column ${missing} is missing`);
  const columns = Object.entries(schema).map(([name, type]) => [name, assemble(type, blocks.get(name) ?? [])]);
  return Object.fromEntries(columns) as ReadColumns<Schema>; // Each by its own type: the loop above has compared them.
}

type Block = { readonly name: string; readonly type: ColumnType; readonly rows: number; readonly payload: Buffer };

async function* readBlocks(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Block, void> {
  const source = createSource(chunks);
  const columns = new Set<string>();
  for (let number = 0; ; number += 1) {
    const head = await source.take(BLOCK_HEADER_BYTES);
    const nameBytes = head.readUInt8(15);
    const payloadBytes = head.readUInt32LE(4);
    const name = await source.take(nameBytes);
    const payload = await source.take(payloadBytes);
    if (head.readUInt32LE(0) !== crc32(payload, crc32(name, crc32(head.subarray(4))))) {
      throw unreadable(`they were written: block ${number} is damaged`);
    }
    if (head.readUInt16LE(12) !== number % 65_536)
      throw unreadable(`they were written: block ${number} is another one`);
    const rows = head.readUInt32LE(8);
    const typeNumber = head.readUInt8(14);
    if (typeNumber === END_TYPE) {
      if (rows !== columns.size) throw unreadable(`${rows} columns: there are ${columns.size}`);
      if (await source.hasMore()) throw unreadable("they were written: something follows their end");
      return;
    }
    const type = COLUMN_TYPES[typeNumber];
    if (!type) throw unreadable(`this build knows them: a column has type ${typeNumber}`);
    const text = name.toString("latin1");
    columns.add(text);
    yield { name: text, type, rows, payload };
  }
}

/** The chunks as one row of bytes. What lies within one chunk is not copied. */
function createSource(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  const iterator = (async function* () {
    yield* chunks;
  })();
  let rest: Buffer = Buffer.alloc(0);
  const readChunk = async (): Promise<Buffer | undefined> => {
    const { done, value } = await iterator.next();
    return done ? undefined : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  };
  return {
    async take(bytes: number): Promise<Buffer> {
      if (rest.length < bytes) {
        const pieces = [rest];
        for (let length = rest.length; length < bytes; ) {
          const chunk = await readChunk();
          if (!chunk) throw unreadable("they were written: their end is missing");
          pieces.push(chunk);
          length += chunk.length;
        }
        rest = Buffer.concat(pieces);
      }
      const taken = rest.subarray(0, bytes);
      rest = rest.subarray(bytes);
      return taken;
    },
    async hasMore(): Promise<boolean> {
      while (rest.length === 0) {
        const chunk = await readChunk();
        if (!chunk) return false;
        rest = chunk;
      }
      return true;
    },
  };
}

function assemble(type: ColumnType, blocks: readonly Block[]): ReadColumn<ColumnType> {
  for (const { rows, payload, name } of blocks) {
    const least = rows * NUMBER_BYTES[type];
    const isWhole = type === "string" || type === "blob" ? payload.length >= least : payload.length === least;
    if (!isWhole) throw unreadable(`they were written: ${rows} rows of ${name} have ${payload.length} bytes`);
  }
  switch (type) {
    case "u8":
    case "u32":
    case "f64":
      return assembleNumbers(type, blocks);
    case "string":
      return lazyColumn(blocks.map(stringsOf));
    case "blob":
      return lazyColumn(blocks.map(blobsOf));
  }
}

function assembleNumbers(
  type: "u8" | "u32" | "f64",
  blocks: readonly Block[],
): Uint8Array | Uint32Array | Float64Array {
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const bytes = new Uint8Array(rows * NUMBER_BYTES[type]);
  let offset = 0;
  for (const { payload } of blocks) {
    bytes.set(payload, offset);
    offset += payload.length;
  }
  if (type === "u8") return bytes;
  return type === "u32" ? new Uint32Array(bytes.buffer) : new Float64Array(bytes.buffer);
}

/** The rows of one block. */
type Slice<Value> = { readonly rows: number; readonly at: (row: number) => Value };

function stringsOf(block: Block): Slice<string> {
  const { bytes, starts } = slicesOf(block);
  // Ids are ASCII nearly always, which is read several times faster.
  const encoding = isAscii(bytes) ? "latin1" : "utf8";
  return { rows: block.rows, at: (row) => bytes.toString(encoding, starts[row], starts[row + 1]) };
}

function blobsOf(block: Block): Slice<Uint8Array> {
  const { bytes, starts } = slicesOf(block);
  return { rows: block.rows, at: (row) => bytes.subarray(starts[row], starts[row + 1]) };
}

function slicesOf({ name, rows, payload }: Block): { readonly bytes: Buffer; readonly starts: Uint32Array } {
  const bytes = payload.subarray(rows * NUMBER_BYTES.blob);
  const lengths = new Uint32Array(rows);
  new Uint8Array(lengths.buffer).set(payload.subarray(0, rows * NUMBER_BYTES.blob));
  const starts = new Uint32Array(rows + 1);
  let start = 0;
  for (const [row, length] of lengths.entries()) {
    start += length;
    starts[row + 1] = start;
  }
  if (start !== bytes.length)
    throw unreadable(`they were written: values of ${name} end at ${start} of ${bytes.length}`);
  return { bytes, starts };
}

function lazyColumn<Value>(slices: readonly Slice<Value>[]): LazyColumn<Value> {
  const firstRows: number[] = [];
  let length = 0;
  for (const { rows } of slices) {
    firstRows.push(length);
    length += rows;
  }
  // Rows are asked for one after the other as a rule: the last block is the first guess.
  let place = 0;
  const isHere = (row: number) => {
    const first = firstRows[place];
    return first !== undefined && row >= first && row < (firstRows[place + 1] ?? length);
  };
  return {
    length,
    at(row) {
      if (!isHere(row)) {
        place += 1;
        if (!isHere(row)) place = firstRows.findLastIndex((first) => first <= row);
      }
      const slice = slices[place];
      invariant(slice && isHere(row), "a row that is asked for is there");
      return slice.at(row - (firstRows[place] ?? 0));
    },
  };
}

function unreadable(why: string): MusterError {
  return new MusterError("JOURNAL_UNREADABLE", `Cannot read the columns of a snapshot as ${why}`);
}
