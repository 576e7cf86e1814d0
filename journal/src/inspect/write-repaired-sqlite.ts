// What is kept of a damaged SQLite journal, as a new file.
import { createCursors } from "../sqlite/sqlite-cursors.ts";
import { openSqliteDatabase } from "../sqlite/sqlite-database.ts";
import { createPartitions } from "../sqlite/sqlite-partitions.ts";
import { createSnapshots } from "../sqlite/sqlite-snapshots.ts";
import type { RepairedPart } from "./write-repaired-files.ts";

/** Writes all of it, durably. */
export async function writeRepairedSqlite(path: string, parts: readonly RepairedPart[]): Promise<void> {
  const db = openSqliteDatabase(path);
  try {
    for (const part of parts) await writePartition(db, part);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
}

async function writePartition(
  db: ReturnType<typeof openSqliteDatabase>,
  { partition, plan }: RepairedPart,
): Promise<void> {
  const rows = createPartitions(db);
  const insertBlock = db.prepare("INSERT INTO block (partition, last, first, bytes) VALUES (?, ?, ?, ?)");
  const cursors = createCursors(db);
  let row = {
    ...rows.create(plan.name),
    epoch: partition.epoch + 1,
    last_time_ms: partition.timeMs,
    last_wall_ms: partition.wallMs,
    first_sequence: plan.firstKept,
    base_hash: plan.previousHash,
    last_sequence: plan.firstKept - 1,
    last_hash: plan.previousHash,
  };
  rows.save(row);
  let snapshotHash = plan.previousHash;
  for await (const page of partition.readPages(plan.firstKept)) {
    const kept = page.filter(({ record }) => record.sequence <= plan.lastKept);
    const [first, last] = [kept.at(0), kept.at(-1)];
    if (!first || !last) break;
    insertBlock.run(
      row.number,
      last.record.sequence,
      first.record.sequence,
      Buffer.concat(kept.map(({ bytes }) => bytes)),
    );
    snapshotHash = kept.find(({ record }) => record.sequence === plan.snapshotSequence)?.hash ?? snapshotHash;
    row = { ...row, last_sequence: last.record.sequence, last_hash: last.hash };
    rows.save(row);
  }
  for (const [name, sequence] of plan.cursors) cursors.move(row, { name, sequence });
  if (plan.snapshotSequence === undefined) return;
  const snapshots = createSnapshots(db);
  const id = snapshots.begin(row, plan.snapshotSequence);
  let number = 0;
  for await (const bytes of (await partition.readSnapshot())?.chunks ?? []) {
    snapshots.addChunk(row, { id, number, bytes });
    number += 1;
  }
  snapshots.finish(row, id, () => snapshotHash);
}
