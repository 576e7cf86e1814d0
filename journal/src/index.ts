// For services: the runner and its port.

// For the codecs of snapshots.
export { type ReadColumns, readColumns } from "./columns/column-reader.ts";
export { type ColumnRows, type ColumnSlice, sliceColumns, writeColumns } from "./columns/column-writer.ts";
export type { ColumnSchema, ColumnType, ColumnValue, LazyColumn, ReadColumn } from "./columns/columns.ts";
export type { CommittedFact } from "./commit-queue.ts";
export { type FileJournalOptions, openFileJournal } from "./file-journal.ts";
// For those who look after journals.
export { type InspectedJournal, type InspectedPartition, inspectJournal } from "./inspect/inspected-journal.ts";
export { type RepairReport, repairJournal } from "./inspect/repair-journal.ts";
export { verifyJournal } from "./inspect/verify-journal.ts";
export {
  type AcquireOptions,
  type AppendRequest,
  type Cursor,
  type Journal,
  type NewRecord,
  type Ownership,
  type OwnerTime,
  SNAPSHOT_CHUNK_BYTES_MAX,
  type Snapshot,
  type StoredRecord,
  type StoredSnapshot,
} from "./journal.ts";
export {
  type Decision,
  type DecisionOfMany,
  type ExecuteOptions,
  type FactMeta,
  type Ledger,
  type LedgerOptions,
  type Outcome,
  openLedger,
} from "./ledger.ts";
export { createMemoryJournal, type MemoryJournal, type MemoryJournalOptions } from "./memory-journal.ts";
export { describeOwner } from "./owner.ts";
export { type JournalKind, openServiceJournal } from "./service-journal.ts";
export type { SnapshotCodec } from "./snapshot-codec.ts";
export { readState, type SnapshotOptions } from "./snapshotter.ts";
export { openSqliteJournal, type SqliteJournalOptions } from "./sqlite-journal.ts";
