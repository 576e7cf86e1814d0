import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { all, record, text } from "./journal.suite.ts";
import { type JournalKind, openServiceJournal } from "./service-journal.ts";

const rows: readonly { kind: JournalKind; other: JournalKind; name: string }[] = [
  { kind: "sqlite", other: "file", name: "matcher.sqlite" },
  { kind: "file", other: "sqlite", name: "matcher.journal" },
];

for (const { kind, other, name } of rows) {
  test(`openServiceJournal() keeps ${name} for ${kind}, and refuses to start another one beside it`, async () => {
    const data = await mkdtemp(join(tmpdir(), "muster-data-"));
    {
      await using journal = openServiceJournal(kind, { data, service: "matcher" });
      const { epoch } = await journal.acquire("matcher", { owner: "a" });
      await journal.append({ partition: "matcher", epoch, afterSequence: 0, records: [record("kept")] });
    }
    expect(await readdir(data)).toContain(name);
    expect(() => openServiceJournal(other, { data, service: "matcher" })).toThrow(
      expect.objectContaining({ reason: "CONFIG_INVALID", message: expect.stringMatching(`MUSTER_JOURNAL=${kind}`) }),
    );
    await using again = openServiceJournal(kind, { data, service: "matcher" });
    expect((await all(again, "matcher", 1)).map(text)).toEqual(["kept"]);
  });
}
