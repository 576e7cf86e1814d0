// A disk that gives back other bytes than were written: it is found, or it does no harm. Never is an acknowledged record left
// out or changed without a word.
import { createSeededRandom } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { expect, test } from "vitest";
import { SECTOR_BYTES } from "../disk/disk.ts";
import { createSimulatedDisk } from "../disk/simulated-disk.ts";
import { openFileJournal } from "../file-journal.ts";
import { all, record } from "../journal.suite.ts";
import type { Journal } from "../journal.ts";

/** Every so many bytes are changed, of those that are not zero; STRIDE=1 changes each. */
const STRIDE = Number(process.env.STRIDE ?? 4);

type Files = ReadonlyMap<string, Uint8Array>;

function open(files: Files): { readonly journal: Journal; readonly files: () => Files } {
  const disk = createSimulatedDisk({ random: createSeededRandom(1), files });
  const journal = openFileJournal("simulated", { disk: disk.mount(), segmentBytes: 1_500, clock: { wallMs: () => 5 } });
  return { journal, files: disk.files };
}

/** A journal with some of everything: two owners, segments, what was forgotten and erased, a snapshot, cursors. */
async function build(): Promise<Files> {
  const { journal, files } = open(new Map());
  let sequence = 0;
  const own = async () => (await journal.acquire("matcher", { owner: "a", takeOver: true })).epoch;
  const append = async (epoch: number, count: number) => {
    for (let index = 0; index < count; index += 1) {
      const records = [record(`record ${sequence + 1}`), record(`its neighbour ${"x".repeat(100)}`)];
      await journal.append({ partition: "matcher", epoch, afterSequence: sequence, records });
      sequence += 2;
    }
  };
  const first = await own();
  await append(first, 5);
  await journal.moveCursor("matcher", first, { name: "push", sequence: 8 });
  await journal.writeSnapshot("matcher", first, {
    sequence: 6,
    chunks: [Buffer.from("a state"), Buffer.from("and more")],
  });
  await journal.compact("matcher", first, 6);
  const second = await own();
  await append(second, 5);
  await journal.eraseBodies("matcher", second, [9]);
  await journal.moveCursor("matcher", second, { name: "audit", sequence: 20 });
  await append(second, 1);
  return files();
}

/** Everything that the journal would tell a service that starts. */
async function tell(files: Files): Promise<string> {
  const { journal } = open(files);
  const { firstSequence, lastSequence } = await journal.acquire("matcher", { owner: "next", takeOver: true });
  const records = await all(journal, "matcher", 1);
  const snapshot = await journal.readSnapshot("matcher");
  const chunks: string[] = [];
  for await (const chunk of snapshot?.chunks ?? []) chunks.push(Buffer.from(chunk).toString());
  const cursors = [...(await journal.readCursors("matcher"))].toSorted();
  const read = records.map(({ sequence, epoch, kind, body, erased }) => [
    sequence,
    epoch,
    kind,
    Buffer.from(body).toString(),
    erased,
  ]);
  return JSON.stringify({ firstSequence, lastSequence, read, snapshot: snapshot?.sequence, chunks, cursors });
}

/** The same, or how it was refused. Any other error is a mistake of ours. */
async function tellOrRefuse(files: Files): Promise<string> {
  try {
    return await tell(files);
  } catch (error) {
    if (!(error instanceof MusterError) || error.reason !== "JOURNAL_UNREADABLE") throw error;
    expect(error.message).toMatch(/^Cannot read /);
    return "refused";
  }
}

function changed(files: Files, name: string, change: (bytes: Uint8Array) => Uint8Array): Files {
  return new Map(files).set(name, change(files.get(name)?.slice() ?? new Uint8Array()));
}

/** As after a power cut: what was noted in passing is gone, so that nothing tells how far records were acknowledged. */
function withoutMarks(files: Files): Files {
  const marks = [...files.keys()].filter((name) => name.includes(".epoch-"));
  return marks.reduce(
    (all, name) => changed(all, name, (bytes) => bytes.fill(0, SECTOR_BYTES, 2 * SECTOR_BYTES)),
    files,
  );
}

for (const { name, prepare, only } of [
  { name: "", prepare: (files: Files) => files, only: undefined },
  { name: " after a power cut", prepare: withoutMarks, only: ".segment-" },
]) {
  test(`a file journal finds every byte that was changed${name}, or it did not matter`, async () => {
    const files = prepare(await build());
    const truth = await tell(files);
    const random = createSeededRandom(7);
    for (const [file, bytes] of files) {
      if (only && !file.includes(only)) continue;
      let refused = 0;
      for (let offset = 0; offset < bytes.length; offset += bytes[offset] === 0 ? 61 : STRIDE) {
        const mask = 1 << Math.floor(random.fraction() * 8);
        const outcome = await tellOrRefuse(
          changed(files, file, (all) => {
            all[offset] = (all[offset] ?? 0) ^ mask;
            return all;
          }),
        );
        if (outcome !== "refused" && outcome !== truth) expect(`${file} at ${offset}: ${outcome}`).toBe(truth);
        if (outcome === "refused") refused += 1;
      }
      if (!file.includes(".epoch-")) expect([file, refused]).not.toEqual([file, 0]);
    }
  });
}

test("a file journal finds every file that was cut or is gone", async () => {
  const files = await build();
  const truth = await tell(files);
  for (const [file, bytes] of files) {
    const without = new Map(files);
    without.delete(file);
    expect([file, ["refused", truth]]).toEqual([file, expect.arrayContaining([await tellOrRefuse(without)])]);
    for (let size = 0; size < bytes.length; size += 7 * STRIDE) {
      const outcome = await tellOrRefuse(changed(files, file, (all) => all.slice(0, size)));
      if (outcome !== "refused") expect([file, size, outcome]).toEqual([file, size, truth]);
    }
  }
});
