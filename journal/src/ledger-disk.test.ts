import { createVirtualClock } from "@muster/kit/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMemoryJournal } from "./memory-journal.ts";
import { add, openSum, sumCodec } from "./sum-ledger.fixture.ts";

/** A ledger whose disk has room as long as `disk.hasRoom`. */
async function openOnDisk() {
  const clock = createVirtualClock();
  const disk = { hasRoom: true };
  const journal = createMemoryJournal({ clock, isFull: () => !disk.hasRoom });
  const said: string[] = [];
  const ledger = await openSum(journal, { clock, onDisk: (state) => said.push(state) });
  return { clock, disk, journal, said, ledger };
}

test("a full disk makes whoever waits wait on, and everybody else be refused", async () => {
  const { clock, disk, said, ledger } = await openOnDisk();
  await ledger.execute(add(1));
  disk.hasRoom = false;
  const waiting = ledger.execute(add(2));
  await clock.advance(1_000);
  await expect(ledger.execute(add(4))).rejects.toMatchObject({ reason: "JOURNAL_FULL" });
  await expect(ledger.read((state) => state.total)).rejects.toMatchObject({ reason: "JOURNAL_FULL" });
  expect(ledger.state.total, "nothing was decided").toBe(3);
  expect(ledger.durableSequence).toBe(1);
  disk.hasRoom = true;
  await clock.advance(2_000);
  expect(await waiting).toBe(3);
  expect(await ledger.read((state) => state.total)).toBe(3);
  expect(said).toEqual(["full", "writable"]);
});

test("what the service decides by itself waits for room, in order", async () => {
  const { clock, disk, journal, ledger } = await openOnDisk();
  disk.hasRoom = false;
  const told: number[] = [];
  ledger.onCommitted((facts) => told.push(...facts.map(({ fact }) => fact)));
  const decided = [1, 2, 3].map((amount) => ledger.execute(add(amount), { internal: true }));
  await clock.advance(10_000);
  const late = ledger.execute(add(4), { internal: true });
  await clock.advance(10_000);
  expect(told).toEqual([]);
  disk.hasRoom = true;
  await clock.advance(2_000);
  expect(await Promise.all([...decided, late])).toEqual([1, 3, 6, 10]);
  expect(told).toEqual([1, 2, 3, 4]);
  journal.crash();
  expect((await openSum(journal)).state.total).toBe(10);
});

test("writes that were under way together when the disk became full become durable in their order", async () => {
  const clock = createVirtualClock();
  let isFull = false;
  const journal = createMemoryJournal({ clock, writeMs: () => 5, isFull: () => isFull });
  const ledger = await openSum(journal, { clock });
  const replies: number[] = [];
  const addMany = (count: number) => {
    const decide = () => ({ facts: Array<number>(count).fill(1), reply: count });
    void ledger.execute(decide).then((reply) => replies.push(reply));
  };
  addMany(2);
  await clock.advance(1);
  addMany(300); // On the heels of the first, because it is worth a write of its own.
  addMany(1);
  await clock.advance(1);
  isFull = true;
  await clock.advance(1_000);
  expect(replies).toEqual([]);
  isFull = false;
  await clock.advance(3_000);
  expect(replies).toEqual([2, 300, 1]);
  addMany(4);
  await clock.advance(10);
  journal.crash();
  expect((await openSum(journal)).state.total).toBe(307);
});

test("a full disk is left alone for longer and longer, up to two seconds", async () => {
  const clock = createVirtualClock();
  const tries: number[] = [];
  const isFull = () => {
    tries.push(clock.nowMs());
    return true;
  };
  const ledger = await openSum(createMemoryJournal({ clock, isFull }), { clock });
  void ledger.execute(add(1));
  await clock.advance(8_000);
  expect(tries).toEqual([0, 100, 300, 700, 1_500, 3_100, 5_100, 7_100]);
});

test("a ledger closes although its disk has no room, and rejects who waits", async () => {
  const { clock, disk, journal, ledger } = await openOnDisk();
  await ledger.execute(add(1));
  disk.hasRoom = false;
  const waiting = ledger.execute(add(2));
  const refused = expect(waiting).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
  await clock.advance(50);
  await ledger[Symbol.asyncDispose]();
  await refused;
  disk.hasRoom = true;
  expect((await openSum(journal, { owner: "next", takeOver: true })).state.total).toBe(1);
});

test("nothing acknowledged is lost over any run of commands, power cuts, full disks, snapshots and erasures", async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ add: fc.integer({ min: 1, max: 200 }), internal: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constantFrom("crash", "close", "full", "room", "erase") },
    { weight: 3, arbitrary: fc.record({ wait: fc.integer({ min: 0, max: 30 }) }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), async (steps, everyRecords) => {
      const clock = createVirtualClock();
      let isFull = false;
      const journal = createMemoryJournal({ clock, writeMs: () => 3, isFull: () => isFull });
      const snapshots = { codec: sumCodec, everyRecords };
      // Every fact that was ever decided, by its place: a later life may decide another one in a place that was lost.
      const decided = new Map<number, number>();
      let acknowledged = 0;
      let life = 0;
      const open = () => {
        life += 1;
        return openSum(journal, { clock, snapshots, owner: `life ${life}`, onFatal: () => undefined });
      };
      const reopen = async () => {
        isFull = false;
        ledger = await open();
        const { durableSequence } = ledger;
        expect(durableSequence).toBeGreaterThanOrEqual(acknowledged);
        let total = 0;
        for (let sequence = 1; sequence <= durableSequence; sequence += 1) total += decided.get(sequence) ?? Number.NaN;
        expect(ledger.state.total).toBe(total);
        expect(ledger.state.times).toHaveLength(durableSequence);
      };
      let ledger = await open();
      const decide = (amount: number, internal: boolean) => {
        const present = ledger;
        let place = 0;
        const decision = (state: { times: readonly number[] }) => {
          place = state.times.length + 1;
          decided.set(place, amount);
          return { facts: [amount], reply: undefined };
        };
        void present.execute(decision, { internal }).then(
          () => {
            acknowledged = Math.max(acknowledged, place);
          },
          () => undefined, // It may or may not have been written.
        );
      };
      for (const one of steps) {
        if (one === "crash") {
          journal.crash();
          await clock.advance(0);
          await reopen();
        } else if (one === "close") {
          const closed = ledger[Symbol.asyncDispose]();
          await clock.advance(200);
          await closed;
          await reopen();
        } else if (one === "erase") {
          void ledger.eraseFacts((amount) => amount > 100).catch(() => undefined);
        } else if (one === "full" || one === "room") {
          isFull = one === "full";
        } else if ("wait" in one) {
          await clock.advance(one.wait);
        } else {
          decide(one.add, one.internal);
        }
      }
      isFull = false;
      await clock.advance(5_000);
      expect(ledger.durableSequence, "all is written once there is room").toBe(ledger.state.times.length);
      journal.crash();
      await clock.advance(0);
      await reopen();
    }),
    { numRuns: 200 },
  );
});
