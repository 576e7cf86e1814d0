// Files of both kinds of journal, changed at random as a bad disk or a clumsy hand would: opening and reading them refuses in
// a sentence, or tells the truth. Nothing crashes, hangs, or leaves an acknowledged record out without a word.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSeededRandom, type Random, systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { expect, test } from "vitest";
import { createSimulatedDisk } from "./disk/simulated-disk.ts";
import { openFileJournal } from "./file-journal.ts";
import { all, record } from "./journal.suite.ts";
import type { NewRecord } from "./journal.ts";
import { readRecord } from "./record.ts";
import { toJournalError } from "./sqlite/sqlite-error.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";

type Files = ReadonlyMap<string, Uint8Array>;

/** How many changed journals of each kind are tried; FUZZ=20000 looks for longer. */
const CASES = Number(process.env.FUZZ ?? 150);
/** What reading one of these small journals may take on a busy machine. */
const CASE_MS_MAX = 5_000;

/** One to three changes of one file. */
function mutate(files: Files, random: Random): { readonly files: Files; readonly story: string } {
  const names = [...files.keys()];
  const name = names[below(random, names.length)] ?? "";
  let bytes: Buffer = Buffer.from(files.get(name) ?? []);
  const story: string[] = [];
  for (let count = 1 + below(random, 3); count > 0; count -= 1) {
    const mutation = MUTATIONS[below(random, MUTATIONS.length)];
    if (!mutation || bytes.length === 0) continue;
    const [at, other] = [below(random, bytes.length), below(random, bytes.length)];
    const length = Math.min(
      1 + below(random, random.fraction() < 0.5 ? 8 : 5_000),
      bytes.length - at,
      bytes.length - other,
    );
    bytes = mutation(bytes, { at, other, length, random });
    story.push(`${mutation.name} ${at} ${other} ${length}`);
  }
  return { files: new Map(files).set(name, bytes), story: `${name}: ${story.join(", ")}` };
}

type Place = { readonly at: number; readonly other: number; readonly length: number; readonly random: Random };
const MUTATIONS: readonly ((bytes: Buffer, place: Place) => Buffer)[] = [flip, zero, cut, remove, insert, double, swap];

function flip(bytes: Buffer, { at, random }: Place): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ (1 << below(random, 8));
  return changed;
}
function zero(bytes: Buffer, { at, length }: Place): Buffer {
  return Buffer.from(bytes).fill(0, at, at + length);
}
function cut(bytes: Buffer, { at }: Place): Buffer {
  return bytes.subarray(0, at);
}
function remove(bytes: Buffer, { at, length }: Place): Buffer {
  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
}
function insert(bytes: Buffer, { at, length, random }: Place): Buffer {
  return Buffer.concat([bytes.subarray(0, at), random.bytes(length), bytes.subarray(at)]);
}
function double(bytes: Buffer, { at, other, length }: Place): Buffer {
  return Buffer.concat([bytes.subarray(0, other), bytes.subarray(at, at + length), bytes.subarray(other)]);
}
function swap(bytes: Buffer, { at, other, length }: Place): Buffer {
  const changed = Buffer.from(bytes);
  bytes.copy(changed, at, other, other + length);
  bytes.copy(changed, other, at, at + length);
  return changed;
}

function below(random: Random, limit: number): number {
  return Math.floor(random.fraction() * limit);
}

const RECORDS = 40;

function recordsOf(first: number): readonly NewRecord[] {
  return [record(`record ${first}`), record(`its neighbour ${"y".repeat(first * 20)}`)];
}

/** What is told of a journal: its records from the oldest on, its snapshot, its cursors. */
type Told = { readonly records: readonly string[]; readonly snapshot: string; readonly cursors: string };

function fuzz(name: string, kind: { build: () => Promise<Files>; tell: (files: Files) => Promise<Told> }): void {
  test(`${name} refuses what was changed at random, or tells the truth`, {
    timeout: 60_000 + 100 * CASES,
  }, async () => {
    const built = await kind.build();
    const truth = await kind.tell(built);
    expect(truth.records.length).toBeGreaterThan(RECORDS / 2);
    let refusals = 0;
    for (let seed = 1; seed <= CASES; seed += 1) {
      const { files, story } = mutate(built, createSeededRandom(seed));
      const startMs = systemClock.nowMs();
      const told = await tellOrRefuse(() => kind.tell(files));
      const isSlow = systemClock.nowMs() - startMs > CASE_MS_MAX;
      if (told === "refused") refusals += 1;
      const isTrue = told === "refused" || (isSuffix(truth.records, told.records) && isSame(told, truth));
      if (!isTrue || isSlow) expect({ seed, story, isSlow, told }).toEqual({ seed, story, isSlow: false, told: truth });
    }
    expect(refusals).toBeGreaterThan(0);
  });
}

/** Forgotten records may show again where the note is lost that they are; none that is kept may be missing. */
function isSuffix(kept: readonly string[], told: readonly string[]): boolean {
  return told.length >= kept.length && told.slice(-kept.length).join("\n") === kept.join("\n");
}

/** SQLite reads a page of zeros as an empty table: a cursor that is gone has its reader start anew, and leaves out nothing. */
function isSame(told: Told, truth: Told): boolean {
  return told.snapshot === truth.snapshot && (told.cursors === truth.cursors || told.cursors === "[]");
}

async function tellOrRefuse(tell: () => Promise<Told>): Promise<Told | "refused"> {
  try {
    return await tell();
  } catch (error) {
    const isRefusal = error instanceof MusterError && error.reason === "JOURNAL_UNREADABLE";
    if (!isRefusal || !/^Cannot [^\n]*$/.test(error.message)) throw error;
    return "refused";
  }
}

fuzz("a file journal", {
  async build() {
    const { disk, journal } = openFiles(new Map());
    const { epoch } = await journal.acquire("matcher", { owner: "a" });
    for (let sequence = 0; sequence < RECORDS; sequence += 2) {
      await journal.append({ partition: "matcher", epoch, afterSequence: sequence, records: recordsOf(sequence + 1) });
    }
    await journal.writeSnapshot("matcher", epoch, { sequence: 10, chunks: [Buffer.alloc(3_000, "a state")] });
    await journal.moveCursor("matcher", epoch, { name: "push", sequence: 12 });
    await journal.compact("matcher", epoch, 10);
    await journal.eraseBodies("matcher", epoch, [21]);
    return disk.files();
  },
  async tell(files) {
    const { journal } = openFiles(files);
    await journal.acquire("matcher", { owner: "next", takeOver: true });
    const snapshot = await journal.readSnapshot("matcher");
    const chunks: Uint8Array[] = [];
    for await (const chunk of snapshot?.chunks ?? []) chunks.push(chunk);
    return {
      records: (await all(journal, "matcher", 1)).map(describe),
      snapshot: `${snapshot?.sequence} ${Buffer.concat(chunks)}`,
      cursors: JSON.stringify([...(await journal.readCursors("matcher"))]),
    };
  },
});

function openFiles(files: Files) {
  const disk = createSimulatedDisk({ random: createSeededRandom(1), files });
  const journal = openFileJournal("simulated", { disk: disk.mount(), segmentBytes: 4_000, clock: { wallMs: () => 1 } });
  return { disk, journal };
}

function describe(one: { sequence: number; epoch: number; erased: boolean; body: Uint8Array }): string {
  return `${one.sequence} ${one.epoch} ${one.erased} ${Buffer.from(one.body)}`;
}

const ENDINGS = ["", "-wal", "-mark"] as const;

fuzz("a SQLite journal", {
  async build() {
    const folder = await mkdtemp(join(tmpdir(), "muster-fuzz-"));
    const path = join(folder, "matcher.sqlite");
    const store = openSqliteStore(path);
    try {
      const { epoch } = store.acquire("matcher", { owner: "a" }, 1);
      const append = (from: number, to: number) => {
        for (let afterSequence = from; afterSequence < to; afterSequence += 2) {
          store.append([{ partition: "matcher", epoch, afterSequence, records: recordsOf(afterSequence + 1) }], 1);
        }
      };
      append(0, RECORDS / 2);
      const id = store.beginSnapshot("matcher", epoch, 10);
      store.addSnapshotChunks("matcher", epoch, [{ id, number: 0, bytes: Buffer.alloc(3_000, "a state") }]);
      store.finishSnapshot("matcher", epoch, id);
      store.moveCursor("matcher", epoch, { name: "push", sequence: 12 });
      store.compactSome("matcher", epoch, 10);
      store.eraseSome("matcher", epoch, [15]);
      store.emptyLog();
      append(RECORDS / 2, RECORDS);
      // Copied while it is open: half of it is still in the log.
      const files = ENDINGS.map(async (ending) => [ending, new Uint8Array(await readFile(path + ending))] as const);
      return new Map(await Promise.all(files));
    } finally {
      store.close();
      await rm(folder, { recursive: true });
    }
  },
  async tell(files) {
    const folder = await mkdtemp(join(tmpdir(), "muster-fuzz-"));
    const path = join(folder, "matcher.sqlite");
    for (const [ending, bytes] of files) await writeFile(path + ending, bytes);
    try {
      return tellSqlite(path);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
});

function tellSqlite(path: string): Told {
  try {
    const store = openSqliteStore(path);
    try {
      store.acquire("matcher", { owner: "next", takeOver: true }, 1);
      const snapshot = store.findSnapshot("matcher");
      const chunks: Uint8Array[] = [];
      for (let number = 0; snapshot && number < snapshot.chunks; number += 1) {
        chunks.push(store.readSnapshotChunk("matcher", snapshot, number));
      }
      const records: string[] = [];
      let next = 1;
      for (let isFirst = true; ; isFirst = false) {
        const page = store.readPage("matcher", next, isFirst);
        if (page.length === 0) break;
        for (let offset = 0; offset < page.length; ) {
          const { record: read, endOffset } = readRecord(page, offset, "matcher");
          records.push(describe(read));
          next = read.sequence + 1;
          offset = endOffset;
        }
      }
      return {
        records,
        snapshot: `${snapshot?.sequence} ${Buffer.concat(chunks)}`,
        cursors: JSON.stringify([...store.readCursors("matcher")]),
      };
    } finally {
      store.close();
    }
  } catch (error) {
    throw toJournalError(error, path);
  }
}
