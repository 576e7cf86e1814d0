// What every journal keeps: run on each adapter by its own test.
import { describe, expect, test } from "vitest";
import type { Journal, NewRecord, StoredRecord } from "./journal.ts";

export type JournalUnderTest = AsyncDisposable & {
  /** Another handle on the same records, as another process would open. */
  open(): Promise<Journal>;
};

/** The suite for journals that `make` makes, each empty. */
export function describeJournal(name: string, make: () => Promise<JournalUnderTest>): void {
  describe(name, () => {
    test("gives back what was appended, in order, to whoever opens it next", async () => {
      await using place = await make();
      {
        await using journal = await place.open();
        const { epoch } = await journal.acquire("matcher", { owner: "a" });
        await journal.append({
          partition: "matcher",
          epoch,
          afterSequence: 0,
          records: [record("one"), record("two")],
        });
        await journal.append({ partition: "matcher", epoch, afterSequence: 2, records: [record("three")] });
        await journal.release("matcher", { epoch, timeMs: 12.5 });
      }
      await using journal = await place.open();
      const read = await all(journal, "matcher", 1);
      expect(read.map((one) => [one.sequence, one.epoch, one.kind, one.timeMs, text(one)])).toEqual([
        [1, 1, 7, 12.5, "one"],
        [2, 1, 7, 12.5, "two"],
        [3, 1, 7, 12.5, "three"],
      ]);
      expect((await all(journal, "matcher", 3)).map(text)).toEqual(["three"]);
    });

    test("raises the epoch with every owner and says where the journal ends", async () => {
      await using place = await make();
      await using journal = await place.open();
      const first = await journal.acquire("matcher", { owner: "a" });
      expect(first).toMatchObject({ epoch: 1, lastSequence: 0, lastTimeMs: 0, lastWallMs: 0 });
      await journal.append({ partition: "matcher", epoch: 1, afterSequence: 0, records: [record("one")] });
      const second = await journal.acquire("matcher", { owner: "a" });
      expect(second).toMatchObject({ epoch: 2, lastSequence: 1, lastTimeMs: 12.5 });
      expect(second.lastWallMs).toBeGreaterThan(0);
    });

    test("knows the latest time that a record, a renewal or a release told it", async () => {
      await using place = await make();
      await using journal = await place.open();
      await journal.acquire("matcher", { owner: "a" });
      await journal.renew("matcher", { epoch: 1, timeMs: 20 });
      await journal.append({ partition: "matcher", epoch: 1, afterSequence: 0, records: [record("at 12.5")] });
      expect(await journal.acquire("matcher", { owner: "a" })).toMatchObject({ lastTimeMs: 20 });
      await journal.release("matcher", { epoch: 2, timeMs: 30 });
      await journal.release("matcher", { epoch: 1, timeMs: 99 });
      expect(await journal.acquire("matcher", { owner: "b" })).toMatchObject({ epoch: 3, lastTimeMs: 30 });
    });

    test("judges each of many appends under way by itself", async () => {
      await using place = await make();
      await using journal = await place.open();
      await journal.acquire("matcher", { owner: "a" });
      await journal.acquire("fleet", { owner: "b" });
      const append = (partition: string, epoch: number, afterSequence: number) =>
        journal.append({ partition, epoch, afterSequence, records: [record(`${partition} ${afterSequence}`)] }).then(
          () => "durable",
          (error) => error.reason,
        );
      const outcomes = await Promise.all([
        append("matcher", 1, 0),
        append("fleet", 1, 0),
        append("matcher", 1, 5),
        append("matcher", 1, 1),
        append("fleet", 9, 1),
        append("fleet", 1, 1),
      ]);
      expect(outcomes).toEqual(["durable", "durable", "SEQUENCE_CONFLICT", "durable", "EPOCH_STALE", "durable"]);
      expect((await all(journal, "matcher", 1)).map(text)).toEqual(["matcher 0", "matcher 1"]);
      expect((await all(journal, "fleet", 1)).map(text)).toEqual(["fleet 0", "fleet 1"]);
    });

    test("refuses a second owner while the first one's lease is fresh", async () => {
      await using place = await make();
      await using journal = await place.open();
      await journal.acquire("matcher", { owner: "elsewhere/1/1" });
      const second = journal.acquire("matcher", { owner: "elsewhere/2/2" });
      await expect(second).rejects.toMatchObject({ reason: "PARTITION_OWNED", metadata: { owner: "elsewhere/1/1" } });
    });

    test("lets a second owner take over, and refuses the first from then on", async () => {
      await using place = await make();
      await using journal = await place.open();
      const { epoch } = await journal.acquire("matcher", { owner: "elsewhere/1/1" });
      await journal.append({ partition: "matcher", epoch, afterSequence: 0, records: [record("one")] });
      const taken = await journal.acquire("matcher", { owner: "elsewhere/2/2", takeOver: true });
      const zombie = journal.append({ partition: "matcher", epoch, afterSequence: 1, records: [record("zombie")] });
      await expect(zombie).rejects.toMatchObject({ reason: "EPOCH_STALE" });
      await expect(journal.renew("matcher", { epoch, timeMs: 0 })).rejects.toMatchObject({ reason: "EPOCH_STALE" });
      const snapshot = { sequence: 1, bytes: Uint8Array.of(1) };
      await expect(journal.writeSnapshot("matcher", epoch, snapshot)).rejects.toMatchObject({ reason: "EPOCH_STALE" });
      await journal.append({ partition: "matcher", epoch: taken.epoch, afterSequence: 1, records: [record("two")] });
      expect((await all(journal, "matcher", 1)).map(text)).toEqual(["one", "two"]);
    });

    test("refuses an append that does not start at its end, and keeps nothing of it", async () => {
      await using place = await make();
      await using journal = await place.open();
      const { epoch } = await journal.acquire("matcher", { owner: "a" });
      for (const afterSequence of [1, -1]) {
        const append = journal.append({ partition: "matcher", epoch, afterSequence, records: [record("x")] });
        await expect(append).rejects.toMatchObject({ reason: "SEQUENCE_CONFLICT" });
      }
      expect(await all(journal, "matcher", 1)).toEqual([]);
    });

    test("keeps partitions apart", async () => {
      await using place = await make();
      await using journal = await place.open();
      await journal.acquire("matcher", { owner: "a" });
      await journal.acquire("fleet", { owner: "b" });
      await journal.append({ partition: "matcher", epoch: 1, afterSequence: 0, records: [record("m")] });
      await journal.append({ partition: "fleet", epoch: 1, afterSequence: 0, records: [record("f")] });
      expect((await all(journal, "matcher", 1)).map(text)).toEqual(["m"]);
      expect((await all(journal, "fleet", 1)).map(text)).toEqual(["f"]);
      expect(await all(journal, "nobody", 1)).toEqual([]);
    });

    test("reads more than one page without a gap", async () => {
      await using place = await make();
      await using journal = await place.open();
      await journal.acquire("matcher", { owner: "a" });
      const records = Array.from({ length: 2_500 }, (_, index) => record(String(index)));
      await journal.append({ partition: "matcher", epoch: 1, afterSequence: 0, records });
      expect((await all(journal, "matcher", 1)).map(text)).toEqual(records.map(text));
      expect(await all(journal, "matcher", 1_500)).toHaveLength(1_001);
    });

    test("keeps the newest snapshot", async () => {
      await using place = await make();
      await using journal = await place.open();
      await journal.acquire("matcher", { owner: "a" });
      expect(await journal.readSnapshot("matcher")).toBeUndefined();
      await journal.writeSnapshot("matcher", 1, { sequence: 1, bytes: Uint8Array.of(1) });
      await journal.writeSnapshot("matcher", 1, { sequence: 2, bytes: Uint8Array.of(2, 2) });
      expect(await journal.readSnapshot("matcher")).toMatchObject({ sequence: 2, bytes: Uint8Array.of(2, 2) });
    });
  });
}

export function record(body: string): NewRecord {
  return { timeMs: 12.5, kind: 7, body: new TextEncoder().encode(body) };
}

export function text(one: Pick<NewRecord, "body">): string {
  return new TextDecoder().decode(one.body);
}

export async function all(journal: Journal, partition: string, from: number): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const record of journal.read(partition, from)) records.push(record);
  return records;
}
