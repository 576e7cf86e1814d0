import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSeededRandom } from "@muster/kit";
import { expect, test } from "vitest";
import type { Disk } from "./disk/disk.ts";
import { createSimulatedDisk, type SimulatedDiskOptions } from "./disk/simulated-disk.ts";
import { openFileJournal } from "./file-journal.ts";
import { all, describeJournal, record, text } from "./journal.suite.ts";
import type { Journal } from "./journal.ts";

describeJournal("openFileJournal() on the machine's disk", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "muster-journal-")), "data", "matcher.journal");
  return { open: async () => openFileJournal(path), [Symbol.asyncDispose]: async () => undefined };
});

describeJournal("openFileJournal() on a simulated disk, in small segments", async () => {
  const disk = createSimulatedDisk({ random: createSeededRandom(1) });
  return {
    open: async () => openFileJournal("simulated", { disk: disk.mount(), segmentBytes: 2_000 }),
    [Symbol.asyncDispose]: async () => undefined,
  };
});

const simulated = (options: Partial<SimulatedDiskOptions> = {}) =>
  createSimulatedDisk({ random: createSeededRandom(1), ...options });

test("openFileJournal() says of every call that the disk has failed, once a sync has", async () => {
  const disk = simulated();
  await using journal = openFileJournal("simulated", { disk: disk.mount() });
  await journal.acquire("matcher", { owner: "a" });
  const append = () => journal.append({ partition: "matcher", epoch: 1, afterSequence: 0, records: [record("one")] });
  disk.breakSyncs(true);
  const together = await Promise.allSettled([append(), append(), append()]);
  for (const { status } of together) expect(status).toBe("rejected");
  await expect(append()).rejects.toMatchObject({ reason: "JOURNAL_FAILED", message: expect.stringMatching(/EIO/) });
  disk.breakSyncs(false);
  await expect(append()).rejects.toMatchObject({ reason: "JOURNAL_FAILED" }); // What the disk holds is not known any more.
  await expect(journal.renew("matcher", { epoch: 1, timeMs: 1 })).rejects.toMatchObject({ reason: "JOURNAL_FAILED" });
});

for (const seed of Array.from({ length: 24 }, (_, index) => index + 1)) {
  test(`openFileJournal() makes sure of what a failed sync left before it builds on it (seed ${seed})`, async () => {
    const disk = simulated({ random: createSeededRandom(seed) });
    const append = (journal: Journal, epoch: number, after: number) =>
      journal.append({ partition: "matcher", epoch, afterSequence: after, records: [record(`record ${after + 1}`)] });
    const first = openFileJournal("simulated", { disk: disk.mount() });
    await first.acquire("matcher", { owner: "a" });
    await append(first, 1, 0);
    disk.breakSyncs(true);
    await expect(append(first, 1, 1)).rejects.toMatchObject({ reason: "JOURNAL_FAILED" });
    disk.breakSyncs(false);
    const second = openFileJournal("simulated", { disk: disk.mount() });
    const { lastSequence } = await second.acquire("matcher", { owner: "b", takeOver: true });
    await append(second, 2, lastSequence);
    disk.powerCut();
    await using third = openFileJournal("simulated", { disk: disk.mount() });
    expect(await third.acquire("matcher", { owner: "c", takeOver: true })).toMatchObject({
      lastSequence: lastSequence + 1,
    });
    expect(await all(third, "matcher", 1)).toHaveLength(lastSequence + 1);
  });
}

test("openFileJournal() refuses what a full disk has no room for, renews its lease there, and goes on when there is some", async () => {
  const disk = simulated();
  await using journal = openFileJournal("simulated", { disk: disk.mount(), segmentBytes: 2_000 });
  await journal.acquire("matcher", { owner: "a" });
  const append = (afterSequence: number, body: string) =>
    journal.append({ partition: "matcher", epoch: 1, afterSequence, records: [record(body)] });
  await append(0, "one");
  const used = [...disk.files().values()].reduce((sum, { length }) => sum + length, 0);
  disk.setCapacity(used + 600);
  await expect(append(1, "x".repeat(1_000))).rejects.toMatchObject({ reason: "JOURNAL_FULL" });
  await append(1, "two");
  await expect(append(2, "x".repeat(1_000))).rejects.toMatchObject({ reason: "JOURNAL_FULL" });
  await journal.renew("matcher", { epoch: 1, timeMs: 30 });
  disk.powerCut();
  disk.setCapacity(Number.POSITIVE_INFINITY);
  await using next = openFileJournal("simulated", { disk: disk.mount() });
  expect(await next.acquire("matcher", { owner: "a" })).toMatchObject({ epoch: 2, lastSequence: 2, lastTimeMs: 30 });
  expect((await all(next, "matcher", 1)).map(text)).toEqual(["one", "two"]);
});

test("openFileJournal() believes no lease that is longer than it was given for", async () => {
  let wallMs = 1e12;
  await using journal = openFileJournal("simulated", { disk: simulated().mount(), clock: { wallMs: () => wallMs } });
  await journal.acquire("matcher", { owner: "elsewhere/1/1", leaseMs: 10_000 });
  wallMs += 9_999;
  const early = journal.acquire("matcher", { owner: "elsewhere/2/2" });
  await expect(early).rejects.toMatchObject({ reason: "PARTITION_OWNED" });
  wallMs -= 3_600_000; // The clock was set back: the old lease would now last an hour.
  expect(await journal.acquire("matcher", { owner: "elsewhere/2/2" })).toMatchObject({ epoch: 2 });
  wallMs += 10_001;
  expect(await journal.acquire("matcher", { owner: "elsewhere/3/3" })).toMatchObject({ epoch: 3 });
});

test("openFileJournal() overwrites the bodies that it erases, and every file that stands for nothing any more", async () => {
  const secret = "nobody shall find this again";
  const written: Uint8Array[] = [];
  const disk = simulated();
  const mounted = disk.mount();
  const watched: Disk = {
    ...mounted,
    async remove(name) {
      written.push(disk.files().get(name) ?? new Uint8Array());
      await mounted.remove(name);
    },
  };
  await using journal = openFileJournal("simulated", { disk: watched });
  await journal.acquire("matcher", { owner: "a" });
  const records = [record("one"), record(secret)];
  await journal.append({ partition: "matcher", epoch: 1, afterSequence: 0, records });
  await journal.writeSnapshot("matcher", 1, { sequence: 1, chunks: [Buffer.from(secret)] });
  await journal.writeSnapshot("matcher", 1, { sequence: 2, chunks: [Buffer.from("a state")] });
  await journal.eraseBodies("matcher", 1, [2]);
  for (const bytes of [...written, ...disk.files().values()]) expect(Buffer.from(bytes).includes(secret)).toBe(false);
  expect((await all(journal, "matcher", 1)).map(({ erased }) => erased)).toEqual([false, true]);
});

const foreign = [
  { name: "another program's folder", says: /another program/, files: { "holiday.jpg": "…" } },
  { name: "a newer build's folder", says: /newer build/, files: { "muster-journal": "Muster journal, format 7\n" } },
  { name: "a marker of something else", says: /does not say/, files: { "muster-journal": "Mustard journal" } },
];
for (const { name, says, files } of foreign) {
  test(`openFileJournal() refuses ${name} and leaves it as it is`, async () => {
    const contents = new Map(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)]));
    const disk = simulated({ files: contents });
    await using journal = openFileJournal("simulated", { disk: disk.mount() });
    const acquire = journal.acquire("matcher", { owner: "a" });
    await expect(acquire).rejects.toMatchObject({ reason: "JOURNAL_UNREADABLE", message: expect.stringMatching(says) });
    expect([...disk.files()].map(([file, bytes]) => [file, Buffer.from(bytes)])).toEqual([...contents]);
  });
}

test("openFileJournal() takes a claim that met a full disk, and outlived its removal, for none", async () => {
  const disk = simulated();
  await using first = openFileJournal("simulated", { disk: disk.mount() });
  await first.acquire("matcher", { owner: "a" });
  await first.append({ partition: "matcher", epoch: 1, afterSequence: 0, records: [record("one")] });
  const before = disk.files();
  await first.acquire("matcher", { owner: "b", takeOver: true });
  const name = [...disk.files().keys()].find((one) => one.includes("epoch-0000000002")) ?? "";
  const whole = disk.files().get(name) ?? new Uint8Array(0);
  expect(whole.length).toBeGreaterThan(0);
  for (let length = 0; length < whole.length; length += 37) {
    const files = new Map([...before, [name, whole.subarray(0, length)]]);
    await using next = openFileJournal("simulated", { disk: simulated({ files }).mount() });
    const { epoch, lastSequence } = await next.acquire("matcher", { owner: "c", takeOver: true });
    expect({ epoch, lastSequence }, `cut after ${length} bytes`).toEqual({ epoch: 3, lastSequence: 1 });
  }
});
