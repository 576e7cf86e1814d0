// Owners that are replaced while they work, at any await: what an owner was told is durable stands, each owner's records lie
// before its successor's, and who asks after a takeover gets nothing.
import { MusterError } from "@muster/proto";
import { expect } from "vitest";
import { all } from "../journal.suite.ts";
import type { Journal, StoredRecord } from "../journal.ts";
import { below, drawBody, type SeededDisk, testSeeds } from "./seeded-disk.fixture.ts";

const OWNERS = 4;

type Outcome = {
  readonly epoch: number;
  readonly first: number;
  readonly bodies: readonly string[];
  /** In the order of events: when it was asked for and when it was answered. */
  readonly askedAt: number;
  readonly answer: "durable" | "stale" | "lost";
};

testSeeds("a file journal lets no replaced owner commit, whatever it was doing", 100, async (seeded) => {
  const { random } = seeded;
  let time = 0;
  const tick = () => ++time;
  const outcomes: Outcome[] = [];
  /** Of which an erasure was begun: it may have come to nothing. */
  const erasing = new Set<number>();
  const acquiredAt = new Map<number, number>();
  const lives: Promise<void>[] = [];
  for (let count = 0; count < OWNERS; count += 1) {
    const { journal } = seeded.open();
    lives.push(live(journal));
    for (let turns = below(random, 400); turns > 0; turns -= 1) await undefined;
  }
  await Promise.all(lives);

  async function live(journal: Journal): Promise<void> {
    let epoch: number;
    let lastSequence: number;
    try {
      ({ epoch, lastSequence } = await journal.acquire("matcher", {
        owner: `owner ${random.fraction()}`,
        takeOver: true,
      }));
    } catch (error) {
      if (error instanceof MusterError && error.reason === "PARTITION_OWNED") return; // Overtaken while it took over.
      throw error;
    }
    acquiredAt.set(epoch, tick());
    await Promise.all([append(), tidy()]);

    async function append() {
      for (let isOwner = true; isOwner; ) {
        const records = Array.from({ length: 1 + below(random, 3) }, (_, index) => ({
          ...{ timeMs: 1, kind: 1 },
          body: drawBody(random, `${lastSequence + 1 + index}/${epoch}`),
        }));
        const askedAt = tick();
        const answer = await journal
          .append({ partition: "matcher", epoch, afterSequence: lastSequence, records })
          .then(() => "durable" as const, reasonOf);
        tick();
        const bodies = records.map(({ body }) => Buffer.from(body).toString());
        outcomes.push({ epoch, first: lastSequence + 1, bodies, askedAt, answer });
        lastSequence += records.length;
        // A zombie tries on for a while.
        isOwner = answer === "durable" ? outcomes.length < 60 : random.fraction() < 0.7;
        if (answer !== "durable") lastSequence -= records.length;
      }
    }
    async function tidy() {
      for (let count = 0; count < 10; count += 1) {
        const sequence = Math.max(lastSequence - below(random, 10), 0);
        const snapshot = { sequence, chunks: [Uint8Array.of(epoch), Buffer.from(String(sequence))] };
        await journal.writeSnapshot("matcher", epoch, snapshot).catch(reasonOf);
        await journal.compact("matcher", epoch, below(random, 20)).catch(reasonOf);
        await journal.moveCursor("matcher", epoch, { name: "push", sequence }).catch(reasonOf);
        if (random.fraction() < 0.3) {
          erasing.add(sequence);
          await journal.eraseBodies("matcher", epoch, [sequence]).catch(reasonOf);
        }
      }
    }
  }

  await judge(seeded, outcomes, { acquiredAt, erasing });
});

async function judge(
  { open }: SeededDisk,
  outcomes: readonly Outcome[],
  { acquiredAt, erasing }: { readonly acquiredAt: ReadonlyMap<number, number>; readonly erasing: ReadonlySet<number> },
): Promise<void> {
  const { journal } = open();
  const { firstSequence, lastSequence } = await journal.acquire("matcher", { owner: "judge", takeOver: true });
  const records = await all(journal, "matcher", 1);
  const bodies = new Map(records.map((record) => [record.sequence, Buffer.from(record.body).toString()]));
  const epochs = records.map(({ epoch }: StoredRecord) => epoch);
  expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
  for (const { epoch, first, bodies: written, askedAt, answer } of outcomes) {
    for (const [index, body] of written.entries()) {
      const sequence = first + index;
      const isErased = erasing.has(sequence) && bodies.get(sequence) === "";
      const isForgotten = sequence < firstSequence && sequence <= lastSequence;
      const isThere = bodies.get(sequence) === body || isErased || isForgotten;
      if (answer === "durable") expect([sequence, isThere]).toEqual([sequence, true]);
      // Who asked after a successor was made owner gets nothing in.
      const isZombie = [...acquiredAt].some(([other, atTime]) => other > epoch && atTime < askedAt);
      if (isZombie) expect([answer, bodies.get(sequence) === body]).toEqual(["stale", false]);
    }
  }
  const known = new Set(["", ...outcomes.flatMap((outcome) => outcome.bodies)]);
  for (const body of bodies.values()) if (!known.has(body)) expect(body).toBe("something that an owner wrote");
}

/** A zombie is told that it is one, or finds that its successor has tidied up under its hands. */
function reasonOf(error: unknown): "stale" | "lost" {
  if (!(error instanceof MusterError)) throw error;
  if (error.reason === "EPOCH_STALE") return "stale";
  if (error.reason === "SEQUENCE_CONFLICT" || error.reason === "CURSOR_EXPIRED") return "lost";
  throw error;
}
