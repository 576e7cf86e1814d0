// For services: the runner and its port.
export type {
  AcquireOptions,
  AppendRequest,
  Journal,
  NewRecord,
  Ownership,
  OwnerTime,
  Snapshot,
  StoredRecord,
} from "./journal.ts";
export {
  type CommittedFact,
  type Decision,
  type FactMeta,
  type Ledger,
  type LedgerOptions,
  openLedger,
} from "./ledger.ts";

// Adapters.
export { createMemoryJournal, type MemoryJournal, type MemoryJournalOptions } from "./memory-journal.ts";
export { describeOwner } from "./owner.ts";
export { openSqliteJournal, type SqliteJournalOptions } from "./sqlite-journal.ts";
