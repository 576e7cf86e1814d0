// How much room a journal takes, what it does when there is none, and that its long works leave room for appends.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { all, record, text } from "../journal.suite.ts";
import type { Journal } from "../journal.ts";
import { openSqliteJournal } from "../sqlite-journal.ts";
import { toJournalError } from "./sqlite-error.ts";
import { LOG_BYTES_MAX, openSqliteStore } from "./sqlite-store.ts";

function freshFolder(): string {
  return mkdtempSync(join(tmpdir(), "muster-journal-"));
}

/** A disk of one megabyte, where this process may mount one. */
function mountSmallDisk(): (Disposable & { readonly folder: string }) | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const folder = freshFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return undefined; // A container may keep even its root from it.
  }
  return { folder, [Symbol.dispose]: () => void execFileSync("umount", ["-l", folder]) };
}

async function expectKept(journal: Journal, last: number): Promise<void> {
  const kept = await all(journal, "matcher", 1);
  expect(kept).toHaveLength(last);
  expect(kept.every((one) => text(one).startsWith(`${one.sequence} `))).toBe(true);
}

/** Appends until there is no room; answers how many records were acknowledged. */
async function fill(journal: Journal, epoch: number, afterSequence: number): Promise<number> {
  for (let last = afterSequence; ; last += 10) {
    const records = Array.from({ length: 10 }, (_, index) => record(`${last + 1 + index} `.padEnd(300)));
    try {
      await journal.append({ partition: "matcher", epoch, afterSequence: last, records });
    } catch (error) {
      expect(error).toMatchObject({ reason: "JOURNAL_FULL", retry: "backoff" });
      return last;
    }
  }
}

test("a journal on a full disk refuses what it has no room for, and goes on when there is some", async (context) => {
  using disk = mountSmallDisk();
  if (!disk) return context.skip();
  const ballast = join(disk.folder, "ballast");
  writeFileSync(ballast, new Uint8Array(300_000));
  const path = join(disk.folder, "journal.sqlite");
  let last = 0;
  {
    await using journal = openSqliteJournal(path);
    const { epoch } = await journal.acquire("matcher", { owner: "a" });
    last = await fill(journal, epoch, 0);
    expect(await fill(journal, epoch, last), "nothing is kept of what was refused").toBe(last);
    await expectKept(journal, last);
    rmSync(ballast);
    const more = await fill(journal, epoch, last);
    expect(more, "the journal itself had not failed").toBeGreaterThan(last);
    last = more;
    await expectKept(journal, last);
  }
  await using journal = openSqliteJournal(path);
  await expectKept(journal, last);
});

test("a journal that is full makes room by forgetting", async () => {
  const path = join(freshFolder(), "journal.sqlite");
  await using journal = openSqliteJournal(path, { pagesMax: 256 });
  const { epoch } = await journal.acquire("matcher", { owner: "a" });
  await journal.append({ partition: "matcher", epoch, afterSequence: 0, records: [record("1 ".padEnd(300))] });
  await journal.writeSnapshot("matcher", epoch, { sequence: 1, chunks: [Uint8Array.of(1)] });
  const last = await fill(journal, epoch, 1);
  expect(last).toBeGreaterThan(1_000);
  const large = { sequence: last, chunks: [new Uint8Array(500_000)] };
  await expect(journal.writeSnapshot("matcher", epoch, large)).rejects.toMatchObject({ reason: "JOURNAL_FULL" });
  expect((await journal.readSnapshot("matcher"))?.sequence, "the former one stands").toBe(1);
  await journal.writeSnapshot("matcher", epoch, { sequence: last, chunks: [Uint8Array.of(2)] });
  expect(await journal.compact("matcher", epoch, last)).toBe(last + 1);
  expect(await fill(journal, epoch, last)).toBeGreaterThan(last + 1_000);
});

test("a journal's files do not grow with its uptime", async () => {
  const folder = freshFolder();
  await using journal = openSqliteJournal(join(folder, "journal.sqlite"));
  const { epoch } = await journal.acquire("matcher", { owner: "a" });
  const bytesOf = (name: string) => statSync(join(folder, name)).size;
  let last = 0;
  for (let cycle = 1; cycle <= 60; cycle += 1) {
    const records = Array.from({ length: 500 }, (_, index) => record(`${last + 1 + index} `.padEnd(500)));
    await journal.append({ partition: "matcher", epoch, afterSequence: last, records });
    last += records.length;
    const chunks = [new Uint8Array(200_000).fill(cycle)];
    await journal.writeSnapshot("matcher", epoch, { sequence: last, chunks });
    expect(await journal.compact("matcher", epoch, last - 100)).toBe(last - 99);
    // The log is as long as the thread that brings it over is behind, but no longer than its limit, about.
    expect(bytesOf("journal.sqlite-wal")).toBeLessThan(1.2 * LOG_BYTES_MAX);
  }
  // 27 MB were written, and half of one stays.
  expect(bytesOf("journal.sqlite")).toBeLessThan(6_000_000);
  expect(await all(journal, "matcher", 1)).toHaveLength(100);
});

test("appends go on while a snapshot is written and while records are forgotten", async () => {
  await using journal = openSqliteJournal(join(freshFolder(), "journal.sqlite"));
  const { epoch } = await journal.acquire("matcher", { owner: "a" });
  let last = 0;
  const append = async (count: number) => {
    const records = Array.from({ length: count }, () => record("x".repeat(400)));
    await journal.append({ partition: "matcher", epoch, afterSequence: last, records });
    last += count;
  };
  await append(20_000);
  const chunks = Array.from({ length: 8 }, () => new Uint8Array(1_000_000));
  for (const work of [
    () => journal.writeSnapshot("matcher", epoch, { sequence: 20_000, chunks }),
    () => journal.compact("matcher", epoch, 20_000),
  ]) {
    let isDone = false;
    const done = work().finally(() => {
      isDone = true;
    });
    let appended = 0;
    for (; !isDone; appended += 1) await append(1);
    await done;
    expect(appended).toBeGreaterThan(3);
  }
});

const checkpoints = [
  { name: "that found no room stops nothing", errcode: 13, reason: undefined },
  { name: "that failed is the last write", errcode: 1_034, reason: "JOURNAL_FAILED" },
];
for (const { name, errcode, reason } of checkpoints) {
  test(`a checkpoint on another thread ${name}`, () => {
    const path = join(freshFolder(), "journal.sqlite");
    const store = openSqliteStore(path, { startCheckpoint: () => undefined });
    store.acquire("matcher", { owner: "a" }, 1);
    store.endCheckpoint(Object.assign(new Error("disk I/O error"), { errcode }));
    const append = () =>
      store.append([{ partition: "matcher", epoch: 1, afterSequence: 0, records: [record("one")] }], 1);
    const outcome = (() => {
      try {
        return append()[0]?.reason;
      } catch (error) {
        return toJournalError(error, path).reason;
      }
    })();
    expect(outcome).toBe(reason);
    store.close();
  });
}

test("a log is brought over elsewhere as it grows, and starts anew when nothing of it is left", () => {
  const path = join(freshFolder(), "journal.sqlite");
  let started = 0;
  const store = openSqliteStore(path, {
    startCheckpoint: () => {
      started += 1;
    },
  });
  store.acquire("matcher", { owner: "a" }, 1);
  let last = 0;
  const append = (megabytes: number) => {
    for (let i = 0; i < megabytes; i += 1) {
      const records = Array.from({ length: 10 }, () => record("x".repeat(100_000)));
      store.append([{ partition: "matcher", epoch: 1, afterSequence: last, records }], 1);
      last += records.length;
      store.endCheckpoint(undefined);
    }
  };
  append(20);
  const earlyBytes = statSync(`${path}-wal`).size;
  append(40);
  expect(started).toBeGreaterThan(5);
  expect(statSync(`${path}-wal`).size).toBeLessThan(earlyBytes * 1.1);
  store.close();
});
