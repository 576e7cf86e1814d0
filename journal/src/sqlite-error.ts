// What SQLite's result codes mean to a journal.

const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;
/** The file that readers and the writer share could not grow. It holds nothing that must last. */
const SQLITE_IOERR_SHMSIZE = 4_874;

/** No room on the disk: what was asked for has not happened, and can be tried again. */
export function isDiskFull(error: unknown): boolean {
  const code = codeOf(error);
  return code === SQLITE_IOERR_SHMSIZE || (code & 0xff) === SQLITE_FULL;
}

/** The file is not what a database looks like. */
export function isDamage(error: unknown): boolean {
  const primary = codeOf(error) & 0xff;
  return primary === SQLITE_CORRUPT || primary === SQLITE_NOTADB;
}

function codeOf(error: unknown): number {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
}
