// A journal whose process was killed, and whose files were damaged before the next start: it is refused with a sentence, or has
// everything that was acknowledged. Real files, and the store without its thread: many are opened.
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSeededRandom } from "@muster/kit";
import { expect, test } from "vitest";
import { record, text } from "../journal.suite.ts";
import { readRecord } from "../record.ts";
import { toJournalError } from "./sqlite-error.ts";
import { openSqliteStore, type SqliteStore } from "./sqlite-store.ts";

const OWNER = { owner: "elsewhere/1/1", takeOver: true };

function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), "muster-journal-"));
}

/** Files as a killed process leaves them: some of the journal is in the main file, some in the log only. */
function killedJournal(): { readonly folder: string; readonly found: Found } {
  const folder = freshFolder();
  const path = join(folder, "live");
  const store = openSqliteStore(path);
  const { epoch } = store.acquire("matcher", OWNER, 1);
  let afterSequence = 0;
  const append = (batches: number) => {
    for (let batch = 0; batch < batches; batch += 1) {
      const records = [1, 2, 3].map((i) => record(`record ${afterSequence + i} `.repeat(20)));
      const [refusal] = store.append([{ partition: "matcher", epoch, afterSequence, records }], 1);
      if (refusal) throw refusal;
      afterSequence += 3;
    }
  };
  append(30);
  const id = store.beginSnapshot("matcher", epoch, 60);
  for (let number = 0; number < 3; number += 1) {
    store.addSnapshotChunks("matcher", epoch, [{ id, number, bytes: new Uint8Array(9_000).fill(number) }]);
  }
  store.finishSnapshot("matcher", epoch, id);
  store.moveCursor("matcher", epoch, { name: "push", sequence: 45 });
  store.compactSome("matcher", epoch, 60);
  expect(store.emptyLog()).toBe(true);
  append(30);
  const killed = freshFolder();
  for (const name of ["live", "live-wal", "live-mark"]) copyFileSync(join(folder, name), join(killed, name));
  store.close();
  return { folder: killed, found: readAll(killed) };
}

type Found = {
  readonly bodies: readonly string[];
  readonly snapshot: readonly number[];
  readonly cursors: readonly (readonly [string, number])[];
};

/** All that the journal has, read as a service does that starts on a copy of its files. */
function readAll(folder: string): Found {
  const copy = freshFolder();
  for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(copy, name));
  const path = join(copy, "live");
  let store: SqliteStore | undefined;
  try {
    store = openSqliteStore(path);
    const { firstSequence, lastSequence } = store.acquire("matcher", OWNER, 1);
    const bodies: string[] = [];
    for (let next = firstSequence; ; ) {
      const page = store.readPage("matcher", next, next === firstSequence);
      if (page.length === 0) break;
      for (let offset = 0; offset < page.length; ) {
        const read = readRecord(page, offset, "matcher");
        offset = read.endOffset;
        next = read.record.sequence + 1;
        bodies.push(`${read.record.sequence}: ${text(read.record)}`);
      }
    }
    expect(bodies).toHaveLength(lastSequence - firstSequence + 1);
    const found = store.findSnapshot("matcher");
    const snapshot: number[] = [];
    for (let number = 0; number < (found?.chunks ?? 0); number += 1) {
      if (found) snapshot.push(...store.readSnapshotChunk("matcher", found, number));
    }
    return { bodies, snapshot, cursors: [...store.readCursors("matcher")] };
  } catch (error) {
    throw toJournalError(error, path);
  } finally {
    store?.close();
    rmSync(copy, { recursive: true });
  }
}

const killed = killedJournal();

function damaged(damage: (path: string) => void): string {
  const folder = freshFolder();
  for (const name of readdirSync(killed.folder)) copyFileSync(join(killed.folder, name), join(folder, name));
  damage(join(folder, "live"));
  return folder;
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
  writeFileSync(path, bytes);
}

test("a journal whose process was killed has everything, its log included", () => {
  expect(killed.found.bodies.at(0)).toMatch(/^46: record 46 /);
  expect(killed.found.bodies.at(-1)).toMatch(/^180: record 180 /);
  expect(killed.found.snapshot).toHaveLength(27_000);
  expect(killed.found.cursors).toEqual([["push", 45]]);
});

const losses: readonly { name: string; says: RegExp; damage: (path: string) => void }[] = [
  {
    name: "a log that is missing",
    says: /record 180 of matcher was written, and it ends at 90. See "muster journal repair"/,
    damage: (path) => rmSync(`${path}-wal`),
  },
  {
    name: "a log that was cut",
    says: /record 180 of matcher was written/,
    damage: (path) => truncateSync(`${path}-wal`, readFileSync(`${path}-wal`).length - 5_000),
  },
  { name: "a flip in the log's header", says: /it ends at 90/, damage: (path) => flip(`${path}-wal`, 18) },
  {
    name: "a flip in the log's last page",
    says: /it ends at/,
    damage: (path) => flip(`${path}-wal`, -100 + walBytes()),
  },
  {
    name: "a log of zeros",
    says: /it ends at 90/,
    damage: (path) => writeFileSync(`${path}-wal`, new Uint8Array(9_000)),
  },
  { name: "a main file that is missing", says: /the file is missing/, damage: (path) => rmSync(path) },
];

function walBytes(): number {
  return readFileSync(join(killed.folder, "live-wal")).length;
}

for (const { name, says, damage } of losses) {
  test(`openSqliteStore() refuses ${name}, and leaves the files as they are`, () => {
    const folder = damaged(damage);
    const names = readdirSync(folder);
    const before = names.map((file) => readFileSync(join(folder, file)));
    expect(() => openHere(folder)).toThrow(says);
    const changed = names.filter((file, index) => !before[index]?.equals(readFileSync(join(folder, file))));
    expect(changed).toEqual([]);
  });
}

function openHere(folder: string): void {
  const path = join(folder, "live");
  try {
    openSqliteStore(path).close();
  } catch (error) {
    throw toJournalError(error, path);
  }
}

test("openSqliteStore() finds that the main file was cut", () => {
  const folder = damaged((path) => truncateSync(path, 9_000));
  expect(() => readAll(folder)).toThrow(/as a journal/);
});

const harmless: readonly { name: string; damage: (path: string) => void }[] = [
  {
    name: "a write to the log that a kill cut short",
    damage: (path) => writeFileSync(`${path}-wal`, new Uint8Array(2_000).fill(7), { flag: "a" }),
  },
  { name: "a mark that is missing", damage: (path) => rmSync(`${path}-mark`) },
  { name: "a mark that a power cut left half written", damage: (path) => flip(`${path}-mark`, 17) },
];
for (const { name, damage } of harmless) {
  test(`openSqliteStore() has everything after ${name}`, () => {
    expect(readAll(damaged(damage))).toEqual(killed.found);
  });
}

for (const { file, flips } of [
  { file: "live", flips: 80 },
  { file: "live-wal", flips: 60 },
]) {
  test(`openSqliteStore() never leaves anything out after a flip anywhere in "${file}"`, () => {
    const random = createSeededRandom(7);
    const size = readFileSync(join(killed.folder, file)).length;
    const outcomes = { whole: 0, refused: 0 };
    for (let i = 0; i < flips; i += 1) {
      const at = Math.floor(random.fraction() * size);
      const folder = damaged((path) => flip(path.replace(/live$/, file), at));
      try {
        expect(readAll(folder), `byte ${at}`).toEqual(killed.found);
        outcomes.whole += 1;
      } catch (error) {
        expect(error, `byte ${at}`).toMatchObject({ reason: "JOURNAL_UNREADABLE" });
        outcomes.refused += 1;
      }
      rmSync(folder, { recursive: true });
    }
    expect(outcomes.refused).toBeGreaterThan(flips / 10);
  });
}
