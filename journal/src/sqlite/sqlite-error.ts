// What SQLite's result codes mean to a journal.
import { MusterError } from "@muster/proto";

/** No such table or column: our statements are right, so that it is the schema. */
const SQLITE_ERROR = 1;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;
/** The file ends before a page that it should have: it was cut. */
const SQLITE_IOERR_SHORT_READ = 522;
/** The file that readers and the writer share could not grow. It holds nothing that must last. */
const SQLITE_IOERR_SHMSIZE = 4_874;

/** No room on the disk: what was asked for has not happened, and can be tried again. */
export function isDiskFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === SQLITE_IOERR_SHMSIZE || (code & 0xff) === SQLITE_FULL;
}

/** What the journal's callers are told: JOURNAL_FULL, JOURNAL_UNREADABLE, or JOURNAL_FAILED for all that nobody expects. */
export function toJournalError(error: unknown, path: string): MusterError {
  if (error instanceof MusterError) return error;
  const why = error instanceof Error ? error.message : String(error);
  const options = { cause: error, metadata: { path } };
  if (isDiskFull(error)) {
    return new MusterError("JOURNAL_FULL", `Cannot write ${path} as the disk has no room: ${why}`, options);
  }
  if (isDamage(error)) {
    return new MusterError("JOURNAL_UNREADABLE", `Cannot read ${path} as a journal: ${why}`, options);
  }
  return new MusterError("JOURNAL_FAILED", `Cannot use the journal ${path} any more: ${why}`, options);
}

/** The file is not what a journal looks like: said by SQLite, or by Node of a number that nobody here would write. */
function isDamage(error: unknown): boolean {
  if (error instanceof Error && "code" in error && error.code === "ERR_OUT_OF_RANGE") return true;
  const code = codeOf(error);
  const primary = code & 0xff;
  return (
    code === SQLITE_IOERR_SHORT_READ ||
    primary === SQLITE_ERROR ||
    primary === SQLITE_CORRUPT ||
    primary === SQLITE_NOTADB
  );
}

function codeOf(error: unknown): number {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
}
