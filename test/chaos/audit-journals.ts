// The journals after a run, read with their own reader, which proves checksums and chain: whole, and no owner wrote after the
// next had taken over.
import { openSqliteJournal } from "@muster/journal";
import type { Finding } from "./history/finding.ts";

export type JournalAudit = {
  readonly partition: string;
  readonly records: number;
  /** Owners that it had, by the epochs of its records. */
  readonly epochs: number;
  readonly findings: readonly Finding[];
};

/** Reads the whole partition. Damage is a finding. */
export async function auditJournal(path: string, partition: string): Promise<JournalAudit> {
  await using journal = openSqliteJournal(path);
  const findings: Finding[] = [];
  const epochs = new Set<number>();
  let records = 0;
  let last = { sequence: 0, epoch: 0 };
  const find = (why: string) => findings.push({ promise: "M-FENCED", why: `${partition}: ${why}`, about: [] });
  try {
    for await (const { sequence, epoch } of journal.read(partition, 1)) {
      if (sequence !== last.sequence + 1) find(`record ${sequence} follows record ${last.sequence}`);
      if (epoch < last.epoch) find(`record ${sequence} is of epoch ${epoch}, after epoch ${last.epoch}`);
      last = { sequence, epoch };
      epochs.add(epoch);
      records += 1;
    }
  } catch (error) {
    find(error instanceof Error ? error.message : String(error));
  }
  return { partition, records, epochs: epochs.size, findings };
}
