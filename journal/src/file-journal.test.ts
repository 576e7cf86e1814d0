import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSeededRandom } from "@muster/kit";
import { createSimulatedDisk } from "./disk/simulated-disk.ts";
import { openFileJournal } from "./file-journal.ts";
import { describeJournal } from "./journal.suite.ts";

describeJournal("openFileJournal() on the machine's disk", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "muster-journal-")), "data", "matcher.journal");
  return { open: async () => openFileJournal(path), [Symbol.asyncDispose]: async () => undefined };
});

describeJournal("openFileJournal() on a simulated disk, in small segments", async () => {
  const disk = createSimulatedDisk({ random: createSeededRandom(1) });
  return {
    open: async () => openFileJournal("simulated", { disk: disk.mount(), segmentBytes: 2_000 }),
    [Symbol.asyncDispose]: async () => undefined,
  };
});
