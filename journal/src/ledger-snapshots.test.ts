import { createVirtualClock } from "@muster/kit/testing";
import { MusterError } from "@muster/proto";
import { expect, test } from "vitest";
import type { Ledger } from "./ledger.ts";
import { createMemoryJournal, type MemoryJournal } from "./memory-journal.ts";
import { add, openSum, type Sum, sumCodec } from "./sum-ledger.fixture.ts";

const snapshots = { codec: sumCodec, everyRecords: 10 };

async function addTimes(ledger: Ledger<Sum, number>, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await ledger.execute(add(1));
}

/** A journal whose snapshot holds the first ten of `count` facts, all of which have been forgotten but the rest. */
async function journalOf(count: number): Promise<MemoryJournal> {
  const clock = createVirtualClock();
  const journal = createMemoryJournal({ clock });
  const ledger = await openSum(journal, { clock, snapshots });
  await addTimes(ledger, 10);
  await clock.advance(10);
  await addTimes(ledger, count - 10);
  await clock.advance(10);
  journal.crash();
  return journal;
}

async function collect<Value>(values: AsyncIterable<Value>): Promise<readonly Value[]> {
  const collected: Value[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

test("a ledger starts with its newest snapshot and folds only what came since", async () => {
  const journal = await journalOf(14);
  let folded = 0;
  const ledger = await openSum(journal, {
    snapshots,
    evolve: (state, fact) => {
      folded += 1;
      state.total += fact;
    },
  });
  expect(ledger.state.total).toBe(14);
  expect(folded).toBe(4);
  expect(await ledger.execute(add(1))).toBe(15);
});

test("a ledger lets the journal forget what the snapshot holds and every cursor has passed", async () => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal({ clock });
  const ledger = await openSum(journal, { clock, snapshots });
  await ledger.execute(add(1));
  await ledger.moveCursor({ name: "push", sequence: 1 });
  await addTimes(ledger, 9);
  await clock.advance(10);
  expect((await collect(ledger.readFacts(2))).map((one) => one.sequence)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const early = collect(ledger.readFacts(1));
  await expect(early).rejects.toMatchObject({ reason: "CURSOR_EXPIRED" });
  await ledger.moveCursor({ name: "push", sequence: 10 });
  expect(await ledger.readCursors()).toEqual(new Map([["push", 10]]));
  await addTimes(ledger, 10);
  await clock.advance(10);
  expect((await collect(ledger.readFacts(11))).map((one) => one.sequence)).toHaveLength(10);
  await ledger.removeCursor("push");
  await addTimes(ledger, 10);
  await clock.advance(10);
  await expect(collect(ledger.readFacts(30))).rejects.toMatchObject({ reason: "CURSOR_EXPIRED" });
  expect(await collect(ledger.readFacts(31))).toEqual([]);
});

test("a ledger keeps facts for as long as it is told after a snapshot holds them", async () => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal({ clock });
  await using ledger = await openSum(journal, { clock, snapshots: { ...snapshots, keepMs: 1_000 } });
  const firstKept = async () => {
    const kept = journal.read("sum", 1)[Symbol.asyncIterator]();
    return (await kept.next()).value?.sequence;
  };
  await addTimes(ledger, 10);
  await clock.advance(500);
  await addTimes(ledger, 10);
  await clock.advance(499);
  await addTimes(ledger, 10);
  await clock.advance(1);
  expect(await firstKept()).toBe(1);
  await addTimes(ledger, 10);
  await clock.advance(10);
  expect(await firstKept(), "the first snapshot is a second old").toBe(11);
});

test("a snapshot is what the state was when it was captured, whatever came while it was written", async () => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal({ clock, writeMs: () => 5 });
  const ledger = await openSum(journal, { clock, snapshots });
  const first = Promise.all(Array.from({ length: 10 }, () => ledger.execute(add(1))));
  await clock.advance(6);
  await first;
  const second = Promise.all(Array.from({ length: 7 }, () => ledger.execute(add(1))));
  await clock.advance(100);
  await second;
  journal.crash();
  const found = await journal.readSnapshot("sum");
  expect(found?.sequence).toBe(10);
  expect((await openSum(journal, { snapshots })).state.total).toBe(17);
});

test("a ledger that is closed writes down what the next one would have to fold", async () => {
  const journal = createMemoryJournal();
  {
    await using ledger = await openSum(journal, { snapshots });
    await addTimes(ledger, 1);
  }
  expect(await journal.readSnapshot("sum"), "not for one fact").toBeUndefined();
  const clock = createVirtualClock();
  const ledger = await openSum(journal, { clock, snapshots });
  await addTimes(ledger, 3);
  const closed = ledger[Symbol.asyncDispose]();
  await clock.advance(10);
  await closed;
  expect(await journal.readSnapshot("sum")).toMatchObject({ sequence: 4 });
  expect((await openSum(journal, { owner: "next", snapshots })).state.total).toBe(4);
});

test("a disk without room for a snapshot stops nothing, and the next one is tried", async () => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal({ clock });
  let tries = 0;
  const cramped: MemoryJournal = {
    ...journal,
    async writeSnapshot(partition, epoch, snapshot) {
      tries += 1;
      if (tries === 1) throw new MusterError("JOURNAL_FULL", "Cannot write sum as the disk is full");
      await journal.writeSnapshot(partition, epoch, snapshot);
    },
  };
  const ledger = await openSum(cramped, { clock, snapshots });
  await addTimes(ledger, 15);
  await clock.advance(10);
  expect(await journal.readSnapshot("sum")).toBeUndefined();
  await addTimes(ledger, 5);
  await clock.advance(10);
  expect(await journal.readSnapshot("sum")).toMatchObject({ sequence: 20 });
});

const refusals = [
  { name: "a snapshot of another format", options: { snapshots: { ...snapshots, codec: { ...sumCodec, format: 4 } } } },
  { name: "a journal that has forgotten what no snapshot is read for", options: {} },
];
for (const { name, options } of refusals) {
  test(`openLedger() refuses ${name}, and gives its partition back`, async () => {
    const journal = await journalOf(14);
    const opened = openSum(journal, { ...options, owner: "wrong" });
    await expect(opened).rejects.toMatchObject({ reason: "JOURNAL_UNREADABLE" });
    expect((await openSum(journal, { owner: "right", snapshots })).state.total).toBe(14);
  });
}

test("eraseFacts() erases what the journal still keeps, and the state stays", async () => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal({ clock });
  const ledger = await openSum(journal, { clock, snapshots });
  await ledger.moveCursor({ name: "push", sequence: 0 });
  for (const amount of [1, 7, 2, 7, 3]) await ledger.execute(add(amount));
  const erasing = ledger.eraseFacts((amount) => amount === 7);
  await clock.advance(10);
  expect(await erasing).toBe(2);
  const kept = await collect(ledger.readFacts(1));
  expect(kept.map((one) => [one.sequence, one.fact])).toEqual([
    [1, 1],
    [3, 2],
    [5, 3],
  ]);
  const again = ledger.eraseFacts((amount) => amount === 7);
  await clock.advance(10);
  expect(await again).toBe(0);
  journal.crash();
  expect((await openSum(journal, { snapshots })).state.total).toBe(20);
});

test("a codec that cannot capture the state is fatal", async () => {
  const fatal: unknown[] = [];
  const capture = () => {
    throw new Error("mistake");
  };
  const clock = createVirtualClock();
  const ledger = await openSum(createMemoryJournal(), {
    clock,
    snapshots: { ...snapshots, codec: { ...sumCodec, capture } },
    onFatal: (error) => fatal.push(error),
  });
  await addTimes(ledger, 10);
  await clock.advance(0);
  await expect(ledger.read((state) => state.total)).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
  expect(fatal).toMatchObject([{ message: "mistake" }]);
});
