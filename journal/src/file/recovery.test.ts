// Whatever happens to the process and the power: what was acknowledged is there, in order, and nothing else but appends that
// were under way, each whole.
import { MusterError } from "@muster/proto";
import { expect } from "vitest";
import { all } from "../journal.suite.ts";
import type { Journal } from "../journal.ts";
import { below, drawBody, type SeededDisk, testSeeds } from "./seeded-disk.fixture.ts";

const STEPS = 40;

type Present = {
  journal: Journal;
  kill: () => void;
  epoch: number;
  /** Acknowledged bodies by sequence; an empty one was erased. */
  bodies: Map<number, string>;
  lastSequence: number;
  /** Appends without an answer: as many bodies each as one append had. */
  underWay: (readonly string[])[];
  /** Of which an erasure was begun: it may have come to nothing, or to some of them. */
  readonly erasing: Set<number>;
  snapshot: { readonly sequence: number; readonly mark: number } | undefined;
  snapshotUnderWay: { readonly sequence: number; readonly mark: number } | undefined;
  cursors: Map<string, number>;
  cursorsUnderWay: Map<string, number>;
};

testSeeds("a file journal keeps what was acknowledged through crashes and full disks", 60, async (seeded) => {
  const { random, disk } = seeded;
  let present = await start(seeded, undefined);
  for (let step = 0; step < STEPS; step += 1) {
    const isPowerCut = random.fraction() < 0.6;
    let operationsLeft = random.fraction() < 0.4 ? below(random, 40) : Number.POSITIVE_INFINITY;
    let hasCrashed = false;
    seeded.onOperation = () => {
      if (operationsLeft === 0) {
        hasCrashed = true;
        if (isPowerCut) disk.powerCut();
        else present.kill();
      }
      operationsLeft -= 1;
    };
    const isTight = random.fraction() < 0.2;
    disk.setCapacity(isTight ? bytesOn(disk.files()) + below(random, 3_000) : Number.POSITIVE_INFINITY);
    await act(seeded, present, () => hasCrashed);
    disk.setCapacity(Number.POSITIVE_INFINITY);
    seeded.onOperation = () => undefined;
    const isRestarted = random.fraction() < 0.15;
    if (isRestarted && !hasCrashed) await present.journal.release("matcher", { epoch: present.epoch, timeMs: 1 });
    if (hasCrashed || isRestarted) present = await start(seeded, present);
  }
  await start(seeded, present);
});

/** One thing that an owner does, or several at a time. */
async function act(seeded: SeededDisk, present: Present, hasCrashed: () => boolean): Promise<void> {
  const { random } = seeded;
  const { journal, epoch } = present;
  const chance = random.fraction();
  try {
    if (chance < 0.6) await appendSome(seeded, present, hasCrashed);
    else if (chance < 0.7) await journal.renew("matcher", { epoch, timeMs: 1 });
    else if (chance < 0.8) {
      const snapshot = { sequence: present.lastSequence, mark: below(random, 250) };
      present.snapshotUnderWay = snapshot;
      const chunks = [Uint8Array.of(snapshot.mark), new Uint8Array(700).fill(snapshot.mark)];
      await journal.writeSnapshot("matcher", epoch, { sequence: snapshot.sequence, chunks });
      present.snapshot = snapshot;
    } else if (chance < 0.87) {
      const cursor = { name: `reader ${below(random, 3)}`, sequence: present.lastSequence };
      present.cursorsUnderWay.set(cursor.name, cursor.sequence);
      await journal.moveCursor("matcher", epoch, cursor);
      present.cursors.set(cursor.name, cursor.sequence);
    } else if (chance < 0.94) {
      await journal.compact("matcher", epoch, below(random, present.lastSequence + 1));
    } else {
      const sequences = Array.from({ length: 3 }, () => 1 + below(random, present.lastSequence + 1));
      for (const sequence of sequences) present.erasing.add(sequence);
      await journal.eraseBodies("matcher", epoch, sequences);
      for (const sequence of sequences) if (present.bodies.has(sequence)) present.bodies.set(sequence, "");
    }
  } catch (error) {
    refuseOther(error, hasCrashed);
  }
}

async function appendSome(seeded: SeededDisk, present: Present, hasCrashed: () => boolean): Promise<void> {
  const { random } = seeded;
  let afterSequence = present.lastSequence;
  const appends: Promise<void>[] = [];
  for (let count = 1 + below(random, 3); count > 0; count -= 1) {
    const records = Array.from({ length: 1 + below(random, 4) }, (_, index) => ({
      ...{ timeMs: 1, kind: 1 },
      body: drawBody(random, `${afterSequence + 1 + index}/${present.epoch}`),
    }));
    const bodies = records.map(({ body }) => Buffer.from(body).toString());
    const append = present.journal.append({ partition: "matcher", epoch: present.epoch, afterSequence, records });
    present.underWay.push(bodies);
    const first = afterSequence + 1;
    const acknowledge = () => {
      for (const [index, body] of bodies.entries()) present.bodies.set(first + index, body);
      present.lastSequence = first + bodies.length - 1;
      present.underWay = present.underWay.filter((one) => one !== bodies);
    };
    const refuse = (error: unknown) => {
      refuseOther(error, hasCrashed);
      // Only a crash leaves it open what became of an append: nothing of a refused one is kept.
      if (!hasCrashed()) present.underWay = present.underWay.filter((one) => one !== bodies);
    };
    appends.push(append.then(acknowledge, refuse));
    afterSequence += records.length;
  }
  await Promise.all(appends);
}

/** Without a crash there is no reason to be refused but a full disk, and what is asked for upon one. */
function refuseOther(error: unknown, hasCrashed: () => boolean): void {
  if (hasCrashed()) return;
  const isRefusal = error instanceof MusterError && ["JOURNAL_FULL", "SEQUENCE_CONFLICT"].includes(error.reason);
  if (!isRefusal) throw error;
}

/** Starts a process on what the last one left, and holds it against what that one had been told. */
async function start(seeded: SeededDisk, before: Present | undefined): Promise<Present> {
  const { journal, kill } = seeded.open();
  const { epoch, firstSequence, lastSequence } = await journal.acquire("matcher", { owner: "next", takeOver: true });
  const read = await all(journal, "matcher", 1);
  expect(read).toHaveLength(lastSequence + 1 - firstSequence);
  expect(read.findIndex(({ sequence }, index) => sequence !== firstSequence + index)).toBe(-1);
  const bodies = new Map(
    read.map(({ sequence, body, erased }) => [sequence, erased ? "" : Buffer.from(body).toString()]),
  );
  if (before) {
    for (const [sequence, body] of before.bodies) {
      const found = bodies.get(sequence) ?? (sequence < firstSequence ? body : "missing");
      const isErased = found === "" && before.erasing.has(sequence);
      if (found !== body && !isErased) expect([sequence, found]).toEqual([sequence, body]);
    }
    expectWholeAppends(before, lastSequence, bodies);
  }
  const snapshot = await readSnapshot(journal);
  expect([before?.snapshot, before?.snapshotUnderWay]).toContainEqual(snapshot);
  expect(firstSequence).toBeLessThanOrEqual((snapshot?.sequence ?? 0) + 1);
  const cursors = new Map(await journal.readCursors("matcher"));
  for (const [name, sequence] of cursors) {
    expect([before?.cursors.get(name), before?.cursorsUnderWay.get(name)]).toContain(sequence);
    expect(firstSequence).toBeLessThanOrEqual(sequence + 1);
  }
  for (const name of before?.cursors.keys() ?? []) expect(cursors.has(name)).toBe(true);
  return {
    ...{ journal, kill, epoch, bodies, lastSequence, snapshot, cursors },
    underWay: [],
    erasing: new Set(),
    snapshotUnderWay: undefined,
    cursorsUnderWay: new Map(),
  };
}

/** What is there beyond the acknowledged is what was under way, in order and each append whole. */
function expectWholeAppends(before: Present, lastSequence: number, bodies: ReadonlyMap<number, string>): void {
  let sequence = before.lastSequence;
  for (const append of before.underWay) {
    if (sequence === lastSequence) break;
    for (const body of append) {
      sequence += 1;
      if (bodies.get(sequence) !== body) expect([sequence, bodies.get(sequence)]).toEqual([sequence, body]);
    }
  }
  expect(sequence).toBe(lastSequence);
}

async function readSnapshot(journal: Journal): Promise<Present["snapshot"]> {
  const found = await journal.readSnapshot("matcher");
  if (!found) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of found.chunks) chunks.push(chunk);
  const mark = chunks[0]?.[0] ?? 0;
  expect(chunks).toEqual([Uint8Array.of(mark), new Uint8Array(700).fill(mark)]);
  return { sequence: found.sequence, mark };
}

function bytesOn(files: ReadonlyMap<string, Uint8Array>): number {
  return [...files.values()].reduce((sum, { length }) => sum + length, 0);
}
