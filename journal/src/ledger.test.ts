import type { Clock } from "@muster/kit";
import { createVirtualClock } from "@muster/kit/testing";
import { MusterError } from "@muster/proto";
import { expect, test } from "vitest";
import { RESTART_GAP_MS_MAX } from "./journal-time.ts";
import type { DecisionOfMany, Ledger } from "./ledger.ts";
import { createMemoryJournal, type MemoryJournal } from "./memory-journal.ts";
import { add, openSum as open, type Sum } from "./sum-ledger.fixture.ts";

test("execute() answers with the reply once its facts are durable", async () => {
  const journal = createMemoryJournal();
  const ledger = await open(journal);
  expect(await ledger.execute(add(3))).toBe(3);
  expect(ledger.durableSequence).toBe(1);
});

test("execute() decides on facts that are not durable yet", async () => {
  const ledger = await open(createMemoryJournal());
  expect(await Promise.all([ledger.execute(add(1)), ledger.execute(add(2)), ledger.execute(add(4))])).toEqual([
    1, 3, 7,
  ]);
});

for (const turns of [0, 1, 2, 3, 4, 5]) {
  test(`execute() is answered though nothing follows it, ${turns} turns after facts became durable`, async () => {
    const clock = createVirtualClock();
    const ledger = await open(createMemoryJournal({ clock, writeMs: () => 10 }), { clock });
    const answered = Promise.withResolvers<number>();
    const stop = ledger.onCommitted(() => {
      stop();
      let turn = Promise.resolve();
      for (let count = 1; count < turns; count += 1) turn = turn.then(() => undefined);
      const decide = () => void ledger.execute(add(2)).then(answered.resolve, answered.reject);
      if (turns === 0) decide();
      else turn.then(decide, answered.reject);
    });
    const first = ledger.execute(add(1));
    const late = clock.sleep(1_000).then(() => "late");
    await clock.advance(1_000);
    expect(await first).toBe(1);
    expect(await Promise.race([answered.promise, late])).toBe(3);
  });
}

test("execute() changes nothing when the decision throws", async () => {
  const ledger = await open(createMemoryJournal());
  const refuse = () => {
    throw new Error("no");
  };
  await expect(ledger.execute(refuse)).rejects.toThrow("no");
  expect(ledger.state.total).toBe(0);
  expect(await ledger.execute(add(1))).toBe(1);
});

const addOfMany =
  (amount: number) =>
  (state: Sum): DecisionOfMany<number, number> => ({ facts: amount === 0 ? [] : [amount], show: () => state.total });

test("executeEach() decides each on what those before it left, refuses by itself, and shares one write", async () => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal({ clock, writeMs: () => 10 });
  const ledger = await open(journal, { clock });
  const refuse = () => {
    throw new Error("no");
  };
  const writes: number[] = [];
  ledger.onCommitted((facts) => writes.push(facts.length));
  const outcomes = ledger.executeEach([addOfMany(3), refuse, addOfMany(4), addOfMany(0)]);
  expect([ledger.state.total, ledger.durableSequence]).toEqual([7, 0]);
  await clock.advance(10);
  expect(await outcomes).toEqual([{ reply: 3 }, { refusal: new Error("no") }, { reply: 7 }, { reply: 7 }]);
  expect(writes).toEqual([2]);
});

test("executeEach() answers nobody with what could still be lost, decided or not", async () => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal({ clock, writeMs: () => 10 });
  const ledger = await open(journal, { clock });
  const written = ledger.execute(add(5));
  let isAnswered = false;
  const looked = ledger.executeEach([addOfMany(0)]).then(() => {
    isAnswered = true;
  });
  await clock.advance(9);
  expect(isAnswered).toBe(false);
  await clock.advance(1);
  await Promise.all([written, looked]);
});

test("executeEach() rejects as a whole when a fact cannot be folded: nobody knows what became of the others", async () => {
  const fatal: unknown[] = [];
  const evolve = (state: Sum, fact: number) => {
    if (fact === 2) throw new Error("a mistake of ours");
    state.total += fact;
  };
  const ledger = await open(createMemoryJournal(), { evolve, onFatal: (error) => fatal.push(error) });
  const outcomes = ledger.executeEach([addOfMany(1), addOfMany(2), addOfMany(4)]);
  await expect(outcomes).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
  expect([fatal, ledger.state.total]).toEqual([[new Error("a mistake of ours")], 1]);
});

test("execute() refuses with nothing that could still be lost", async () => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal({ clock, writeMs: () => 10 });
  const fatal: unknown[] = [];
  const ledger = await open(journal, { clock, onFatal: (error) => fatal.push(error) });
  const executed = ledger.execute(add(5));
  const refused = ledger.execute((state) => {
    throw new Error(`The total is ${state.total}`);
  });
  await clock.advance(1);
  journal.crash();
  // The 5 is lost, so nobody may hear of it, not as the ground of a refusal either.
  await expect(executed).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
  await expect(refused).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
  expect(fatal).toHaveLength(1);
});

const pausedReads: readonly {
  readonly name: string;
  readonly ask: (ledger: Ledger<Sum, number>) => Promise<unknown>;
}[] = [
  { name: "reads", ask: (ledger) => ledger.read(({ total }) => total) },
  { name: "decides nothing", ask: (ledger) => ledger.execute(({ total }) => ({ facts: [], reply: total })) },
  {
    name: "refuses",
    ask: (ledger) =>
      ledger.execute(({ total }) => {
        throw new Error(`The total is ${total}`);
      }),
  },
];
for (const { name, ask } of pausedReads) {
  test(`an owner that was paused for longer than its lease asks the journal before it ${name}`, async () => {
    const { clock, pause } = createPausableClock();
    const journal = createMemoryJournal({ clock });
    const fatal: unknown[] = [];
    const ledger = await open(journal, { clock, leaseMs: 1_000, onFatal: (error) => fatal.push(error) });
    await ledger.execute(add(1));
    pause(1_000);
    expect(await ledger.read(({ total }) => total)).toBe(1);
    const successor = await open(journal, { clock, owner: "successor", takeOver: true });
    await successor.execute(add(5));
    pause(1_000);
    await expect(ask(ledger)).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
    expect(fatal).toMatchObject([{ reason: "EPOCH_STALE" }]);
  });
}

/** A clock that a pause moves on without any timer's turn, as when the whole process stands still. */
function createPausableClock() {
  const base = createVirtualClock();
  let pausedMs = 0;
  const clock: Clock = { ...base, nowMs: () => base.nowMs() + pausedMs };
  const pause = (ms: number) => {
    pausedMs += ms;
  };
  return { clock, pause };
}

test("execute() changes nothing when a fact has no encoding", async () => {
  const encode = (fact: number) => {
    if (fact > 255) throw new RangeError("too large");
    return { kind: 1, body: Uint8Array.of(fact) };
  };
  const ledger = await open(createMemoryJournal(), { codec: { encode, decode: (_kind, body) => body[0] ?? 0 } });
  const half = ledger.execute((state) => ({ facts: [1, 256], reply: state.total }));
  await expect(half).rejects.toThrow("too large");
  expect(await ledger.execute(add(2))).toBe(2);
});

test("execute() never splits a decision over two appends", async () => {
  const journal = createMemoryJournal();
  const appended: number[] = [];
  const counting: MemoryJournal = {
    ...journal,
    append: (request) => {
      appended.push(request.records.length);
      return journal.append(request);
    },
  };
  const ledger = await open(counting);
  const many = (count: number) => ledger.execute(() => ({ facts: Array(count).fill(1), reply: undefined }));
  await Promise.all([many(4_000), many(200), many(9_000), many(1)]);
  expect(appended).toEqual([4_000, 200, 9_000, 1]);
});

test("a fact that cannot be folded in is fatal, and is not written", async () => {
  const journal = createMemoryJournal();
  const fatal: unknown[] = [];
  const evolve = (state: Sum, fact: number) => {
    if (fact === 13) throw new Error("13");
    state.total += fact;
  };
  const ledger = await open(journal, { evolve, onFatal: (error) => fatal.push(error) });
  const executed = ledger.execute(() => ({ facts: [1, 13], reply: undefined }));
  await expect(executed).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
  expect(fatal).toMatchObject([{ message: "13" }]);
  const next = await open(journal, { owner: "next", takeOver: true });
  expect(next.state.total).toBe(0);
});

test("a listener that throws is fatal", async () => {
  const fatal: unknown[] = [];
  const ledger = await open(createMemoryJournal(), { onFatal: (error) => fatal.push(error) });
  ledger.onCommitted(() => {
    throw new Error("mistake");
  });
  expect(await ledger.execute(add(1))).toBe(1); // It was durable before anybody was told.
  await expect(ledger.read((state) => state.total)).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
  expect(fatal).toMatchObject([{ message: "mistake" }]);
});

test("a disk that fails is fatal once, and rejects all that is under way", async () => {
  const journal = createMemoryJournal();
  const broken: MemoryJournal = {
    ...journal,
    append: async () => {
      throw new MusterError("JOURNAL_FAILED", "Cannot write as the disk is full");
    },
  };
  const fatal: unknown[] = [];
  const ledger = await open(broken, { onFatal: (error) => fatal.push(error) });
  const outcomes = await Promise.allSettled([ledger.execute(add(1)), ledger.execute(add(2)), ledger.read(() => 3)]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(fatal).toMatchObject([{ reason: "JOURNAL_FAILED" }]);
});

test("a ledger renews its lease while it replays", async () => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal({ clock });
  await journal.acquire("sum", { owner: "first" });
  const slow: MemoryJournal = {
    ...journal,
    async *read(partition, fromSequence) {
      await clock.sleep(60_000);
      yield* journal.read(partition, fromSequence);
    },
  };
  const opening = open(slow, { clock, owner: "slow", takeOver: true });
  await clock.advance(30_000);
  await expect(open(journal, { clock, owner: "third" })).rejects.toMatchObject({ reason: "PARTITION_OWNED" });
  await clock.advance(30_000);
  expect(await (await opening).execute(add(1))).toBe(1);
});

test("a ledger that cannot replay gives its partition back", async () => {
  const journal = createMemoryJournal();
  {
    await using first = await open(journal);
    await first.execute(add(1));
  }
  const decode = () => {
    throw new Error("unknown kind");
  };
  const unreadable = open(journal, { owner: "second", codec: { encode: () => never(), decode } });
  const message = "Cannot read record 1 of sum as a fact of kind 1: unknown kind";
  await expect(unreadable).rejects.toMatchObject({ reason: "JOURNAL_UNREADABLE", message });
  expect((await open(journal, { owner: "third" })).state.total).toBe(1);
});

function never(): never {
  throw new Error("This is not called");
}

test("read() shows nothing that could still be lost", async () => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal({ clock, writeMs: () => 10 });
  const ledger = await open(journal, { clock });
  const executed = ledger.execute(add(5));
  let seen: number | undefined;
  const read = ledger
    .read((state) => state.total)
    .then((value) => {
      seen = value;
    });
  await clock.advance(9);
  expect(seen).toBeUndefined();
  await clock.advance(1);
  await Promise.all([executed, read]);
  expect(seen).toBe(5);
});

test("many callers share one write", async () => {
  const journal = createMemoryJournal();
  let appends = 0;
  const counting = {
    ...journal,
    append: (request: Parameters<typeof journal.append>[0]) => {
      appends += 1;
      return journal.append(request);
    },
  };
  const ledger = await open(counting);
  await Promise.all(Array.from({ length: 100 }, () => ledger.execute(add(1))));
  expect(ledger.state.total).toBe(100);
  expect(appends).toBeLessThanOrEqual(2);
});

const overlaps = [
  { name: "waits for the one before while it is small", facts: 10, appends: [1, 10], atMs: 5 },
  { name: "sets out at once when it is worth a write of its own", facts: 300, appends: [1, 300], atMs: 0 },
];
for (const { name, facts, appends, atMs } of overlaps) {
  test(`a second write ${name}`, async () => {
    const clock = createVirtualClock();
    const journal = createMemoryJournal({ clock, writeMs: () => 5 });
    const asked: { readonly records: number; readonly atMs: number }[] = [];
    const watched: MemoryJournal = {
      ...journal,
      append: (request) => {
        asked.push({ records: request.records.length, atMs: clock.nowMs() });
        return journal.append(request);
      },
    };
    const ledger = await open(watched, { clock });
    void ledger.execute(add(1));
    await clock.advance(0);
    for (let i = 0; i < facts; i += 1) void ledger.execute(add(1));
    await clock.advance(20);
    expect(asked.map(({ records }) => records)).toEqual(appends);
    expect(asked[1]?.atMs).toBe(atMs);
    expect(ledger.durableSequence).toBe(facts + 1);
  });
}

test("onCommitted() tells of durable facts only, in order, with their sequence", async () => {
  const ledger = await open(createMemoryJournal());
  const told: [number, number][] = [];
  ledger.onCommitted((facts) => {
    for (const { sequence, fact } of facts) {
      expect(sequence).toBeLessThanOrEqual(ledger.durableSequence);
      told.push([sequence, fact]);
    }
  });
  await Promise.all([ledger.execute(add(7)), ledger.execute(add(8))]);
  await ledger.read(() => undefined);
  expect(told).toEqual([
    [1, 7],
    [2, 8],
  ]);
});

test("a ledger that lost its partition rejects everything and says so once", async () => {
  const journal = createMemoryJournal();
  const fatal: unknown[] = [];
  const zombie = await open(journal, { owner: "zombie", onFatal: (error) => fatal.push(error) });
  const successor = await open(journal, { owner: "successor", takeOver: true });
  await expect(zombie.execute(add(1))).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
  await expect(zombie.execute(add(1))).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
  await expect(zombie.read((state) => state.total)).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
  expect(fatal).toEqual([expect.objectContaining({ reason: "EPOCH_STALE" })]);
  expect(await successor.execute(add(2))).toBe(2);
});

test("a living owner keeps its lease fresh", async () => {
  const clock = createVirtualClock();
  const journal = createMemoryJournal({ clock });
  await open(journal, { clock, owner: "living" });
  await clock.advance(60_000);
  await expect(open(journal, { clock, owner: "second" })).rejects.toMatchObject({ reason: "PARTITION_OWNED" });
});

test("a closed ledger gives its partition back", async () => {
  const journal = createMemoryJournal();
  const first = await open(journal, { owner: "first" });
  await first.execute(add(1));
  await first[Symbol.asyncDispose]();
  const second = await open(journal, { owner: "second" });
  expect(await second.execute(add(1))).toBe(2);
  await expect(first.execute(add(1))).rejects.toMatchObject({ reason: "SERVICE_NOT_READY" });
});

const gaps = [
  { name: "goes on by the gap of a short restart", gapMs: 5_000, expectedMs: 1_000 + 5_000 },
  { name: "believes no more than ten minutes", gapMs: 86_400_000, expectedMs: 1_000 + RESTART_GAP_MS_MAX },
  { name: "stands still when the wall clock went back", gapMs: -86_400_000, expectedMs: 1_000 },
];
for (const { name, gapMs, expectedMs } of gaps) {
  test(`journal time ${name}`, async () => {
    const clock = createVirtualClock();
    let wallMs = 1e12;
    const skewed = { ...clock, wallMs: () => wallMs };
    const journal = createMemoryJournal({ clock: skewed });
    const first = await open(journal, { clock: skewed });
    await clock.advance(1_000);
    await first.execute(add(1));
    journal.crash();
    wallMs += gapMs;
    const second = await open(journal, { clock: skewed, owner: "second" });
    expect(second.nowMs()).toBe(expectedMs);
  });
}

test("journal time goes on over a restart from what an idle owner saw, not from its last fact", async () => {
  const clock = createVirtualClock(1_000); // 0 on the wall clock would say that nobody wrote.
  const journal = createMemoryJournal({ clock });
  const first = await open(journal, { clock });
  await first.execute(add(1));
  await clock.advance(24 * 3_600_000);
  const seenMs = first.nowMs();
  journal.crash();
  const second = await open(journal, { clock, owner: "second" });
  expect(second.nowMs()).toBeGreaterThanOrEqual(seenMs);
});
