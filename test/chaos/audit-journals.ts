// The journals after a run, read with their own reader, which proves checksums and chain: whole, and no owner wrote after the
// next had taken over.
import { openSqliteJournal } from "@muster/journal";
import type { Finding } from "./history/finding.ts";

export type JournalAudit = {
  readonly partition: string;
  /** Those that are kept. */
  readonly records: number;
  /** The last one that the newest snapshot holds. 0: there is none. */
  readonly snapshotSequence: number;
  /** How many it had. */
  readonly owners: number;
  readonly findings: readonly Finding[];
};

/** Reads the whole partition. Damage is a finding. */
export async function auditJournal(path: string, partition: string): Promise<JournalAudit> {
  await using journal = openSqliteJournal(path);
  const findings: Finding[] = [];
  const find = (why: string) => findings.push({ promise: "M-FENCED", why: `${partition}: ${why}`, about: [] });
  let owners = 0;
  let records = 0;
  let snapshotSequence = 0;
  try {
    const owned = await journal.acquire(partition, { owner: "audit", takeOver: true });
    owners = owned.epoch - 1;
    const snapshot = await journal.readSnapshot(partition);
    if (snapshot) for await (const _ of snapshot.chunks); // Reading proves them.
    snapshotSequence = snapshot?.sequence ?? 0;
    if (owned.firstSequence > snapshotSequence + 1)
      find(`record ${snapshotSequence + 1} is neither kept nor in a snapshot`);
    let last = { sequence: owned.firstSequence - 1, epoch: 0 };
    for await (const { sequence, epoch } of journal.read(partition, owned.firstSequence)) {
      if (sequence !== last.sequence + 1) find(`record ${sequence} follows record ${last.sequence}`);
      if (epoch < last.epoch) find(`record ${sequence} is of epoch ${epoch}, after epoch ${last.epoch}`);
      last = { sequence, epoch };
      records += 1;
    }
    if (last.sequence !== owned.lastSequence) find(`it ends at ${last.sequence}, and says ${owned.lastSequence}`);
  } catch (error) {
    find(error instanceof Error ? error.message : String(error));
  }
  return { partition, records, snapshotSequence, owners, findings };
}
