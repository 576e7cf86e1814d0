import { MusterError } from "@muster/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readColumns } from "./column-reader.ts";
import { type ColumnRows, sliceColumns, writeColumns } from "./column-writer.ts";
import type { ColumnSchema } from "./columns.ts";

const SCHEMA = { phase: "u8", size: "u32", time: "f64", id: "string", payload: "blob" } as const;

type Row = {
  readonly phase: number;
  readonly size: number;
  readonly time: number;
  readonly id: string;
  readonly payload: Uint8Array;
};

const EMPTY = { phase: [], size: [], time: [], id: [], payload: [] };

function columnsOf(rows: readonly Row[]): ColumnRows<typeof SCHEMA> {
  return {
    phase: rows.map((row) => row.phase),
    size: rows.map((row) => row.size),
    time: rows.map((row) => row.time),
    id: rows.map((row) => row.id),
    payload: rows.map((row) => row.payload),
  };
}

async function rowsOf(chunks: Iterable<Uint8Array>): Promise<readonly Row[]> {
  const columns = await readColumns(SCHEMA, chunks);
  return Array.from(columns.phase, (phase, row) => ({
    phase,
    size: columns.size[row] ?? Number.NaN,
    time: columns.time[row] ?? Number.NaN,
    id: columns.id.at(row),
    payload: new Uint8Array(columns.payload.at(row)),
  }));
}

function bytesOf<Schema extends ColumnSchema>(schema: Schema, columns: ColumnRows<Schema>): Buffer {
  return Buffer.concat([...writeColumns(schema, sliceColumns(columns))]);
}

function* cut(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let offset = 0;
  for (let i = 0; offset < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    yield bytes.subarray(offset, offset + size);
    offset += size;
  }
}

const row = fc.record({
  phase: fc.integer({ min: 0, max: 255 }),
  size: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  time: fc.double(),
  id: fc.string({ unit: "grapheme" }),
  payload: fc.uint8Array(),
});

test("readColumns() gives back what writeColumns() was given, however the chunks are cut", async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1 }).map((given) => [...given, 1]);
  await fc.assert(
    fc.asyncProperty(fc.array(row), sizes, async (rows, chunkSizes) => {
      const bytes = bytesOf(SCHEMA, columnsOf(rows));
      expect(await rowsOf(cut(bytes, chunkSizes))).toEqual(rows);
      expect(bytesOf(SCHEMA, columnsOf(rows)).equals(bytes)).toBe(true);
    }),
  );
});

const many = Array.from({ length: 20_000 }, (_, i) => ({
  ...{ phase: i % 256, size: i, time: i / 7, id: `ticket-${i}${i % 9_000 === 0 ? "é" : ""}` },
  payload: new Uint8Array(i % 50).fill(i),
}));

test("a lazy column finds rows of many blocks in any order", async () => {
  const columns = await readColumns(SCHEMA, writeColumns(SCHEMA, sliceColumns(columnsOf(many))));
  expect(columns.id.length).toBe(many.length);
  for (let i = 0; i < 40_000; i += 1) {
    const place = (i * 7_919) % many.length;
    expect(columns.id.at(place)).toBe(many[place]?.id);
  }
  expect(await rowsOf(writeColumns(SCHEMA, sliceColumns(columnsOf(many))))).toEqual(many);
});

test("no chunk is above 1 MiB, not even that of a value above it", async () => {
  const rows = [{ phase: 1, size: 1, time: 1, id: "a".repeat(3_000_000), payload: new Uint8Array(2_500_000).fill(7) }];
  const chunks = [...writeColumns(SCHEMA, sliceColumns(columnsOf(rows)))];
  expect(Math.max(...chunks.map((chunk) => chunk.length))).toBe(1_048_576);
  expect(await rowsOf(chunks)).toEqual(rows);
});

test("rows are asked for as chunks are, some thousand at a time", () => {
  let asked = 0;
  function* counted(): Generator<string> {
    for (; asked < 50_000; asked += 1) yield "ticket";
  }
  const steps: number[] = [];
  let before = 0;
  for (const _ of writeColumns({ id: "string" }, sliceColumns({ id: counted() }))) {
    steps.push(asked - before);
    before = asked;
  }
  expect(Math.max(...steps)).toBeLessThan(10_000);
});

test("a column may follow from the walk over one before it", async () => {
  const words: string[] = [];
  function* numbers(): Generator<number> {
    for (const word of ["red", "blue", "red"]) {
      if (!words.includes(word)) words.push(word);
      yield words.indexOf(word);
    }
  }
  const schema = { team: "u8", word: "string" } as const;
  const columns = await readColumns(
    schema,
    writeColumns(schema, sliceColumns<typeof schema>({ team: numbers(), word: words })),
  );
  expect([...columns.team].map((place) => columns.word.at(place))).toEqual(["red", "blue", "red"]);
});

test("slices of several columns are put together, in their order, whatever stands between them", async () => {
  const schema = { time: "f64", word: "string", never: "u8" } as const;
  const slices = [{ time: [1, 2], word: ["a"] }, { word: ["b", "c"] }, { time: [3], word: [] }];
  const columns = await readColumns(schema, writeColumns(schema, slices));
  expect([...columns.time]).toEqual([1, 2, 3]);
  expect(["a", "b", "c"].map((_, row) => columns.word.at(row))).toEqual(["a", "b", "c"]);
  expect([columns.word.length, columns.never.length]).toEqual([3, 0]);
});

test("every flipped bit and every missing end is found", async () => {
  const bytes = bytesOf(SCHEMA, columnsOf(many.slice(0, 3)));
  const refused = expect.objectContaining({ reason: "JOURNAL_UNREADABLE" });
  for (let i = 0; i < bytes.length; i += 1) {
    const flipped = Buffer.from(bytes);
    flipped[i] = (flipped[i] ?? 0) ^ (1 << (i % 8));
    await expect(readColumns(SCHEMA, [flipped])).rejects.toEqual(refused);
    await expect(readColumns(SCHEMA, [bytes.subarray(0, i)])).rejects.toEqual(refused);
  }
  await expect(readColumns(SCHEMA, [bytes, bytes.subarray(0, 1)])).rejects.toThrow("something follows their end");
});

const foreign = [
  { name: "an unknown column", schema: { ...SCHEMA, more: "u8" }, says: "column more of u8 is foreign" },
  { name: "a column of another type", schema: { ...SCHEMA, size: "u8" }, says: "column size of u8 is foreign" },
  {
    name: "a missing column",
    schema: { phase: "u8", size: "u32", time: "f64", id: "string" },
    says: "payload is missing",
  },
] as const;
for (const { name, schema, says } of foreign) {
  test(`readColumns() refuses a file with ${name}`, async () => {
    const bytes = bytesOf(schema as ColumnSchema, { ...EMPTY, more: [] });
    const refusal = await readColumns(SCHEMA, [bytes]).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(MusterError);
    expect(refusal).toMatchObject({ reason: "JOURNAL_UNREADABLE", message: expect.stringContaining(says) });
  });
}
