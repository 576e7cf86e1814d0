// One partition of a journal, read to its end or to the first damage: what is there, what is wrong, what is missing.
import { MusterError } from "@muster/proto";
import { isDiskError } from "../disk/disk.ts";
import type { InspectedPartition } from "./inspected-journal.ts";

export type PartitionReport = {
  readonly name: string;
  readonly epoch: number;
  /** Who holds it with a fresh lease. Undefined: nobody. */
  readonly heldBy: string | undefined;
  /** The oldest record that is kept, and the last that can be read. `firstSequence - 1`: there are none. */
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** How many of them have had their body erased. */
  readonly erased: number;
  /** How far records were acknowledged, at least. */
  readonly acknowledgedSequence: number;
  /** Of the newest snapshot, if it is whole. */
  readonly snapshotSequence: number | undefined;
  readonly cursors: ReadonlyMap<string, number>;
  /** In sentences. Empty: the partition is sound. */
  readonly problems: readonly string[];
};

/** How often a partition whose owner is at work is begun again. */
const TRIES_MAX = 10;

/** The report. Whatever is damaged stands in `problems`; other errors are thrown. */
export async function examinePartition(partition: InspectedPartition, wallMs: number): Promise<PartitionReport> {
  const { name, epoch, holder, firstSequence } = partition;
  const problems = [...partition.problems];
  const attempt = async <Result>(work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await untilStill(work);
    } catch (error) {
      if (!(error instanceof MusterError) || error.reason !== "JOURNAL_UNREADABLE") throw error;
      if (!problems.includes(error.message)) problems.push(error.message);
      return undefined;
    }
  };
  let lastSequence = firstSequence - 1;
  let erased = 0;
  await attempt(async () => {
    lastSequence = firstSequence - 1;
    erased = 0;
    for await (const page of partition.readPages(firstSequence)) {
      for (const { record } of page) {
        lastSequence = record.sequence;
        if (record.erased) erased += 1;
      }
    }
  });
  const snapshotSequence = await attempt(async () => {
    const snapshot = await partition.readSnapshot();
    for await (const _ of snapshot?.chunks ?? []); // To prove them.
    return snapshot?.sequence;
  });
  const cursors = (await attempt(() => partition.readCursors())) ?? new Map<string, number>();
  const acknowledgedSequence = Math.max(partition.acknowledgedSequence, snapshotSequence ?? 0, ...cursors.values());
  if (lastSequence < acknowledgedSequence && problems.length === 0) {
    problems.push(
      `${name} ends with record ${lastSequence}, and record ${acknowledgedSequence} was acknowledged: the end is missing`,
    );
  }
  for (const [cursor, sequence] of cursors) {
    if (sequence >= firstSequence - 1) continue;
    problems.push(`${name} begins with record ${firstSequence}, and the reader ${cursor} has come to ${sequence} only`);
  }
  const heldBy = holder && holder.untilMs > wallMs ? holder.owner : undefined;
  return {
    ...{ name, epoch, heldBy, firstSequence, lastSequence, erased, acknowledgedSequence },
    ...{ snapshotSequence, cursors, problems },
  };
}

/** Again, where an owner who is at work replaced or forgot what was being read. */
async function untilStill<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let triesLeft = TRIES_MAX; ; triesLeft -= 1) {
    try {
      return await work();
    } catch (error) {
      const isOvertaken =
        isDiskError(error, "ENOENT") || (error instanceof MusterError && error.reason === "CURSOR_EXPIRED");
      if (!isOvertaken || triesLeft === 1) throw error;
    }
  }
}
