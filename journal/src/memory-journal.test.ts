import { expect, test } from "vitest";
import { all, describeJournal, record, text } from "./journal.suite.ts";
import { createMemoryJournal } from "./memory-journal.ts";

describeJournal("createMemoryJournal()", async () => {
  const journal = createMemoryJournal();
  return {
    // One handle's disposal must not close the other's records: in memory they are the same object.
    open: async () => ({ ...journal, [Symbol.asyncDispose]: async () => undefined }),
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  };
});

test("crash() loses appends that are under way and frees the partition", async () => {
  const journal = createMemoryJournal({ writeMs: () => 0 });
  await journal.acquire("matcher", { owner: "a" });
  await journal.append({ partition: "matcher", epoch: 1, afterSequence: 0, records: [record("kept")] });
  const lost = journal.append({ partition: "matcher", epoch: 1, afterSequence: 1, records: [record("lost")] });
  journal.crash();
  await expect(lost).rejects.toThrow();
  expect((await all(journal, "matcher", 1)).map(text)).toEqual(["kept"]);
  expect(await journal.acquire("matcher", { owner: "b" })).toMatchObject({ epoch: 2, lastSequence: 1 });
});
