// How the journal's folder is refused: in one sentence, with the file and what to do.
import { MusterError } from "@muster/proto";

/** JOURNAL_UNREADABLE about the file `name` of the journal at `path`. */
export function unreadableFile(path: string, name: string, why: string): MusterError {
  return new MusterError(
    "JOURNAL_UNREADABLE",
    `Cannot read ${name} of the journal ${path}: ${why}. ${adviceFor(path)}`,
    {
      metadata: { path, file: name },
    },
  );
}

/** JOURNAL_UNREADABLE as acknowledged records of a partition are missing. */
export function recordsMissing(path: string, partition: string, why: string): MusterError {
  return new MusterError(
    "JOURNAL_UNREADABLE",
    `Cannot read ${partition} of the journal ${path} as records are missing: ${why}. ${adviceFor(path)}`,
    { metadata: { path, partition } },
  );
}

/** JOURNAL_UNREADABLE as the folder is not ours, or not ours yet. */
export function notAJournal(path: string, why: string): MusterError {
  return new MusterError("JOURNAL_UNREADABLE", `Cannot read ${path} as a journal: ${why}`, { metadata: { path } });
}

function adviceFor(path: string): string {
  return `To see what is left run \`muster journal verify ${path}\`, then \`muster journal repair ${path}\``;
}
