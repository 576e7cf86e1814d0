// Every record, every link of the chain, owners, snapshots, marks and cursors of a journal, looked at without changing any.
import type { JournalKind } from "../service-journal.ts";
import { examinePartition, type PartitionReport } from "./examine-partition.ts";
import { inspectJournal } from "./inspected-journal.ts";

export type JournalReport = {
  readonly path: string;
  readonly kind: JournalKind;
  readonly isSound: boolean;
  readonly partitions: readonly PartitionReport[];
};

/** How often a journal whose owner is at work is looked at again. */
const TRIES_MAX = 20;

/**
 * What the journal at `path` holds and what is wrong with it; may be asked while its owner writes. `wallMs` tells fresh leases
 * from old ones.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if there is none, or one of another program or of a newer build.
 */
export async function verifyJournal(path: string, wallMs: number): Promise<JournalReport> {
  let report = await lookOnce(path, wallMs);
  // Its parts are looked at one after the other, and an owner who is at work changes them meanwhile: what does not fit is
  // believed if it is still so when nothing has changed, or again and again.
  for (let triesLeft = TRIES_MAX; !report.isSound && triesLeft > 0; triesLeft -= 1) {
    const again = await lookOnce(path, wallMs);
    const hasChanged = stateOf(again) !== stateOf(report);
    report = again;
    if (!hasChanged) break;
  }
  return report;
}

async function lookOnce(path: string, wallMs: number): Promise<JournalReport> {
  await using journal = await inspectJournal(path);
  const partitions: PartitionReport[] = [];
  for (const partition of journal.partitions) partitions.push(await examinePartition(partition, wallMs));
  const isSound = partitions.every(({ problems }) => problems.length === 0);
  return { path, kind: journal.kind, isSound, partitions };
}

function stateOf({ partitions }: JournalReport): string {
  return JSON.stringify(partitions.map((one) => ({ ...one, cursors: [...one.cursors] })));
}
