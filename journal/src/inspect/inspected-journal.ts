// A journal as it is looked at from outside, whatever it is kept in and whatever became of it: nothing is changed, and what is
// damaged is told instead of refused.
import { stat } from "node:fs/promises";
import { MusterError } from "@muster/proto";
import type { StoredRecord, StoredSnapshot } from "../journal.ts";
import type { JournalKind } from "../service-journal.ts";
import { inspectFileJournal } from "./inspect-file.ts";
import { inspectSqliteJournal } from "./inspect-sqlite.ts";

/** A record as it is read, as it is stored, and the hash that the next one carries. */
export type InspectedRecord = { readonly record: StoredRecord; readonly bytes: Uint8Array; readonly hash: Uint8Array };

export interface InspectedPartition {
  readonly name: string;
  /** The highest that anybody claimed. */
  readonly epoch: number;
  /** Who claimed last, and until when by the wall clock it is believed to live, in ms. Undefined: nobody holds it. */
  readonly holder: { readonly owner: string; readonly untilMs: number } | undefined;
  /** The oldest record that is kept, and what it carries as the hash of the one before. */
  readonly firstSequence: number;
  readonly previousHash: Uint8Array;
  /** How far records were acknowledged, as far as it is known. */
  readonly acknowledgedSequence: number;
  /** The latest journal time that is noted, and the wall clock then, in ms. */
  readonly timeMs: number;
  readonly wallMs: number;
  /** What is wrong with what places the records. Empty: nothing. */
  readonly problems: readonly string[];
  /** In pages, proved; what is intact before some damage first. @throws {MusterError} JOURNAL_UNREADABLE. */
  readPages(fromSequence: number): AsyncIterable<readonly InspectedRecord[]>;
  /** @throws {MusterError} JOURNAL_UNREADABLE, here or from the chunks. */
  readSnapshot(): Promise<StoredSnapshot | undefined>;
  /** @throws {MusterError} JOURNAL_UNREADABLE. */
  readCursors(): Promise<ReadonlyMap<string, number>>;
}

export interface InspectedJournal extends AsyncDisposable {
  readonly kind: JournalKind;
  readonly path: string;
  readonly partitions: readonly InspectedPartition[];
  /** What is added to the path for each file or folder that it consists of; "" is the path itself. */
  readonly beside: readonly string[];
  /** The paths of all files that hold it. */
  files(): Promise<readonly string[]>;
}

/**
 * The journal at `path`: a folder of files, or a SQLite file.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if there is none, or one of another program or of a newer build.
 */
export async function inspectJournal(path: string): Promise<InspectedJournal> {
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MusterError("JOURNAL_UNREADABLE", `Cannot read ${path} as a journal: ${why}`, {
      cause,
      metadata: { path },
    });
  }
  return isFolder ? await inspectFileJournal(path) : await inspectSqliteJournal(path);
}
