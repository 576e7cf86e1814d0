// What every journal keeps: run on each adapter by its own test.
import { MusterError } from "@muster/proto";
import { describe, expect, test } from "vitest";
import { type Journal, type NewRecord, SNAPSHOT_CHUNK_BYTES_MAX, type StoredRecord } from "./journal.ts";

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
      const snapshot = { sequence: 1, chunks: [Uint8Array.of(1)] };
      const cursor = { name: "push", sequence: 1 };
      const writes = {
        "a snapshot": journal.writeSnapshot("matcher", epoch, snapshot),
        "a compaction": journal.compact("matcher", epoch, 1),
        "an erasure": journal.eraseBodies("matcher", epoch, [1]),
        "a cursor": journal.moveCursor("matcher", epoch, cursor),
        "a cursor's end": journal.removeCursor("matcher", epoch, "push"),
      };
      const refusals = Object.entries(writes).map(([what, write]) =>
        expect(write, what).rejects.toMatchObject({ reason: "EPOCH_STALE" }),
      );
      await Promise.all(refusals);
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

    test("keeps the newest snapshot, in the chunks that it came in", async () => {
      await using place = await make();
      await using journal = await place.open();
      await own(journal, 3);
      expect(await journal.readSnapshot("matcher")).toBeUndefined();
      const large = new Uint8Array(SNAPSHOT_CHUNK_BYTES_MAX).map((_, index) => index % 251);
      const chunks = [Uint8Array.of(1), new Uint8Array(), large];
      await journal.writeSnapshot("matcher", 1, { sequence: 2, chunks });
      expect(await readSnapshot(journal)).toEqual({ sequence: 2, chunks });
      await journal.writeSnapshot("matcher", 1, { sequence: 3, chunks: [] });
      await using other = await place.open();
      expect(await readSnapshot(other)).toEqual({ sequence: 3, chunks: [] });
    });

    test("keeps the former snapshot until the next one is whole", async () => {
      await using place = await make();
      await using journal = await place.open();
      await own(journal, 2);
      await journal.writeSnapshot("matcher", 1, { sequence: 1, chunks: [Uint8Array.of(1)] });
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield Uint8Array.of(2);
        expect(await readSnapshot(journal)).toEqual({ sequence: 1, chunks: [Uint8Array.of(1)] });
        throw new Error("the state cannot be captured");
      }
      const failed = journal.writeSnapshot("matcher", 1, { sequence: 2, chunks: broken() });
      await expect(failed).rejects.toThrow("the state cannot be captured");
      expect(await readSnapshot(journal)).toEqual({ sequence: 1, chunks: [Uint8Array.of(1)] });
      await journal.writeSnapshot("matcher", 1, { sequence: 2, chunks: [Uint8Array.of(2)] });
      expect(await readSnapshot(journal)).toEqual({ sequence: 2, chunks: [Uint8Array.of(2)] });
    });

    test("keeps nothing of a snapshot whose owner was replaced before it was whole", async () => {
      await using place = await make();
      await using journal = await place.open();
      await own(journal, 1);
      async function* slow(): AsyncGenerator<Uint8Array> {
        yield Uint8Array.of(1);
        await journal.acquire("matcher", { owner: "next", takeOver: true });
      }
      const late = journal.writeSnapshot("matcher", 1, { sequence: 1, chunks: slow() });
      await expect(late).rejects.toMatchObject({ reason: "EPOCH_STALE" });
      expect(await journal.readSnapshot("matcher")).toBeUndefined();
    });

    test("refuses a snapshot of what was not appended, or older than the one that it has", async () => {
      await using place = await make();
      await using journal = await place.open();
      await own(journal, 2);
      await journal.writeSnapshot("matcher", 1, { sequence: 2, chunks: [] });
      for (const sequence of [1, 3]) {
        const write = journal.writeSnapshot("matcher", 1, { sequence, chunks: [] });
        await expect(write).rejects.toMatchObject({ reason: "SEQUENCE_CONFLICT" });
      }
    });

    test("forgets what a snapshot holds and every cursor has passed, and nothing else", async () => {
      await using place = await make();
      await using journal = await place.open();
      await own(journal, 10);
      expect(await journal.compact("matcher", 1, 10), "without a snapshot").toBe(1);
      await journal.writeSnapshot("matcher", 1, { sequence: 8, chunks: [] });
      await journal.moveCursor("matcher", 1, { name: "push", sequence: 3 });
      await journal.moveCursor("matcher", 1, { name: "audit", sequence: 5 });
      expect(await journal.compact("matcher", 1, 2), "no further than asked").toBe(3);
      expect(await journal.compact("matcher", 1, 10), "not past the slowest cursor").toBe(4);
      expect((await all(journal, "matcher", 1)).map(text), "from the oldest that is kept").toEqual([
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "10",
      ]);
      expect((await all(journal, "matcher", 9)).map(text)).toEqual(["9", "10"]);
      await journal.moveCursor("matcher", 1, { name: "push", sequence: 10 });
      expect(await journal.compact("matcher", 1, 10)).toBe(6);
      await journal.removeCursor("matcher", 1, "audit");
      expect(await journal.compact("matcher", 1, 10), "not past the snapshot").toBe(9);
      expect(await journal.compact("matcher", 1, 1), "already forgotten").toBe(9);
    });

    test("goes on after everything was forgotten", async () => {
      await using place = await make();
      await using journal = await place.open();
      await own(journal, 2_500);
      await journal.writeSnapshot("matcher", 1, { sequence: 2_500, chunks: [] });
      expect(await journal.compact("matcher", 1, 2_500)).toBe(2_501);
      expect(await all(journal, "matcher", 1)).toEqual([]);
      await using next = await place.open();
      const owned = await next.acquire("matcher", { owner: "next", takeOver: true });
      expect(owned).toMatchObject({ epoch: 2, firstSequence: 2_501, lastSequence: 2_500, lastTimeMs: 12.5 });
      await next.append({ partition: "matcher", epoch: 2, afterSequence: 2_500, records: [record("more")] });
      expect((await all(next, "matcher", 1)).map(({ sequence }) => sequence)).toEqual([2_501]);
    });

    test("tells a reader whom a compaction has overtaken, instead of leaving records out", async () => {
      await using place = await make();
      await using journal = await place.open();
      await own(journal, 4_000, 1_000);
      const reading = journal.read("matcher", 1)[Symbol.asyncIterator]();
      expect((await reading.next()).value).toMatchObject({ sequence: 1 });
      await journal.writeSnapshot("matcher", 1, { sequence: 4_000, chunks: [] });
      await journal.compact("matcher", 1, 4_000);
      const rest = (async () => {
        while (!(await reading.next()).done);
      })();
      await expect(rest).rejects.toMatchObject({ reason: "CURSOR_EXPIRED" });
    });

    test("gives another handle a piece of the chain while records are forgotten, or says that it was overtaken", async () => {
      await using place = await make();
      await using journal = await place.open();
      await using other = await place.open();
      await own(journal, 1);
      let isOver = false;
      const forget = async () => {
        for (let last = 1; last < 300; last += 2) {
          const records = [record("one"), record("two")];
          await journal.append({ partition: "matcher", epoch: 1, afterSequence: last, records });
          await journal.writeSnapshot("matcher", 1, { sequence: last + 1, chunks: [] });
          await journal.compact("matcher", 1, last + 1);
        }
        isOver = true;
      };
      const forgetting = forget();
      let found = 0;
      while (!isOver) {
        try {
          const sequences = (await all(other, "matcher", 1)).map(({ sequence }) => sequence);
          expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index));
          const snapshot = await other.readSnapshot("matcher");
          expect(snapshot?.sequence ?? 0).toBeGreaterThanOrEqual(0);
          found += 1;
        } catch (error) {
          if (!(error instanceof MusterError) || error.reason !== "CURSOR_EXPIRED") throw error;
        }
      }
      await forgetting;
      expect(found).toBeGreaterThan(0);
    });

    test("keeps cursors, and refuses those whose next record is not there", async () => {
      await using place = await make();
      await using journal = await place.open();
      await own(journal, 4);
      expect(await journal.readCursors("matcher")).toEqual(new Map());
      await journal.moveCursor("matcher", 1, { name: "push", sequence: 0 });
      await journal.moveCursor("matcher", 1, { name: "audit", sequence: 2 });
      await journal.moveCursor("matcher", 1, { name: "push", sequence: 4 });
      await using other = await place.open();
      expect(await other.readCursors("matcher")).toEqual(
        new Map([
          ["audit", 2],
          ["push", 4],
        ]),
      );
      await journal.writeSnapshot("matcher", 1, { sequence: 4, chunks: [] });
      await journal.compact("matcher", 1, 4);
      const early = journal.moveCursor("matcher", 1, { name: "late", sequence: 1 });
      await expect(early).rejects.toMatchObject({ reason: "CURSOR_EXPIRED" });
      const past = journal.moveCursor("matcher", 1, { name: "late", sequence: 5 });
      await expect(past).rejects.toMatchObject({ reason: "SEQUENCE_CONFLICT" });
    });

    test("erases bodies, and still proves the chain", async () => {
      await using place = await make();
      await using journal = await place.open();
      await own(journal, 4);
      await journal.append({ partition: "matcher", epoch: 1, afterSequence: 4, records: [record("")] });
      await journal.writeSnapshot("matcher", 1, { sequence: 1, chunks: [] });
      await journal.compact("matcher", 1, 1);
      await journal.eraseBodies("matcher", 1, [1, 2, 4, 9]);
      await journal.eraseBodies("matcher", 1, [2]);
      const { lastSequence } = await journal.acquire("matcher", { owner: "next", takeOver: true });
      await journal.append({ partition: "matcher", epoch: 2, afterSequence: lastSequence, records: [record("6")] });
      const read = await all(journal, "matcher", 1);
      expect(read.map((one) => [one.sequence, one.kind, one.erased, text(one)])).toEqual([
        [2, 7, true, ""],
        [3, 7, false, "3"],
        [4, 7, true, ""],
        [5, 7, false, ""],
        [6, 7, false, "6"],
      ]);
    });
  });
}

/** Makes "a" the owner, with records "1", "2" … `count`, each of `chars` at least. */
async function own(journal: Journal, count: number, chars = 1): Promise<void> {
  const { epoch } = await journal.acquire("matcher", { owner: "a" });
  const records = Array.from({ length: count }, (_, index) => record(String(index + 1).padEnd(chars)));
  await journal.append({ partition: "matcher", epoch, afterSequence: 0, records });
}

async function readSnapshot(
  journal: Journal,
): Promise<{ sequence: number; chunks: readonly Uint8Array[] } | undefined> {
  const found = await journal.readSnapshot("matcher");
  if (!found) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of found.chunks) chunks.push(chunk);
  return { sequence: found.sequence, chunks };
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
