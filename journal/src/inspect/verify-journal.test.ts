import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { record } from "../journal.suite.ts";
import { type JournalKind, openServiceJournal } from "../service-journal.ts";
import { verifyJournal } from "./verify-journal.ts";

const kinds: readonly { kind: JournalKind; name: string }[] = [
  { kind: "sqlite", name: "matcher.sqlite" },
  { kind: "file", name: "matcher.journal" },
];

for (const { kind, name } of kinds) {
  test(`verifyJournal() finds a journal sound while its owner writes, forgets and erases (${kind})`, async () => {
    const data = await mkdtemp(join(tmpdir(), "muster-data-"));
    await using journal = openServiceJournal(kind, { data, service: "matcher" });
    const { epoch } = await journal.acquire("matcher", { owner: "elsewhere/1/1" });
    let isDone = false;
    const work = async () => {
      for (let sequence = 0; sequence < 60; sequence += 2) {
        const records = [record(`one ${sequence}`), record(`two ${"x".repeat(3_000)}`)];
        await journal.append({ partition: "matcher", epoch, afterSequence: sequence, records });
        await journal.moveCursor("matcher", epoch, { name: "push", sequence: sequence + 1 });
        await journal.eraseBodies("matcher", epoch, [sequence + 2]);
        const chunks = [Buffer.from(`a state ${sequence}`)];
        await journal.writeSnapshot("matcher", epoch, { sequence: sequence + 2, chunks });
        await journal.compact("matcher", epoch, sequence + 2);
      }
      isDone = true;
    };
    const working = work();
    while (!isDone) {
      const { partitions } = await verifyJournal(join(data, name), 0);
      expect(partitions.flatMap(({ problems }) => problems)).toEqual([]);
    }
    await working;
    const { partitions, isSound } = await verifyJournal(join(data, name), 0);
    expect({ isSound, partitions }).toMatchObject({
      isSound: true,
      partitions: [{ lastSequence: 60, snapshotSequence: 60 }],
    });
  });
}
