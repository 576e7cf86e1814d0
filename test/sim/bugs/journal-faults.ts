// Faults of the journal, of snapshots and of the runner of a core.
import type { PlantedFault } from "./planted-fault.ts";

export const journalFaults: readonly PlantedFault[] = [
  {
    name: "an answer does not wait for the disk",
    patches: [
      {
        file: "journal/src/ledger.ts",
        find: "hasDecided ? queue.untilDurable(sequence)",
        replace: "hasDecided ? Promise.resolve()",
      },
    ],
  },
  {
    name: "a read does not wait for what it shows",
    patches: [
      {
        file: "journal/src/ledger.ts",
        find: ": untilTrue(sequence));",
        replace: ": Promise.resolve());",
      },
    ],
  },
  {
    name: "an append is not synced",
    patches: [
      {
        file: "journal/src/file/segment-writer.ts",
        find: "      await file.sync();\n      size += frame.length;",
        replace: "      size += frame.length;",
      },
    ],
  },
  {
    name: "an append does not look whether its owner still is one",
    patches: [
      {
        file: "journal/src/file/fence.ts",
        find: "    if (highest > epoch) throw epochStale(partition, epoch, highest);",
        replace: "    if (highest > epoch + 100) throw epochStale(partition, epoch, highest);",
      },
    ],
  },
  {
    name: "compaction passes the snapshot",
    patches: [
      {
        file: "journal/src/kept-range.ts",
        find: "  return Math.min(throughSequence, needs.snapshotSequence ?? 0, ...needs.cursors);",
        replace: "  return Math.min(throughSequence, ...needs.cursors) + 1;",
      },
    ],
  },
  {
    name: "a snapshot says that it holds one record more",
    patches: [
      {
        file: "journal/src/snapshotter.ts",
        find: "    const sequence = options.stateSequence();\n",
        replace: "    const sequence = Math.max(0, options.stateSequence() - 1);\n",
      },
    ],
  },
  {
    name: "journal time is the wall clock's",
    patches: [
      {
        file: "journal/src/journal-time.ts",
        find: "  const openedMs = clock.nowMs();\n  return { nowMs: () => Math.floor(startMs + (clock.nowMs() - openedMs)) };",
        replace:
          "  const openedMs = clock.wallMs();\n  return { nowMs: () => Math.floor(startMs + (clock.wallMs() - openedMs)) };",
      },
    ],
  },
  {
    name: "journal time starts anew with each owner",
    patches: [
      {
        file: "journal/src/journal-time.ts",
        find: "  const startMs = last.lastTimeMs + Math.ceil(gapMs);",
        replace: "  const startMs = Math.ceil(gapMs);",
      },
    ],
  },
];
