// How far each partition was acknowledged, in a small file beside the journal: overwritten after every commit, never synced.
// SQLite takes a damaged or missing log for a shorter one, and would go on without what was in it; whoever opens the journal
// sees here that there was more. The mark outlives the process, not a power cut: then it may be old, but never ahead.
import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { MusterError } from "@muster/proto";

/** The marks of the journal at `path`. Whoever mends the journal takes it away. */
export function markPathOf(path: string): string {
  return `${path}-mark`;
}

export type Mark = { readonly number: number; readonly epoch: number; readonly sequence: number };

export interface MarkFile extends Disposable {
  write(mark: Mark): void;
}

//   offset  bytes  field, of each partition's slot, at 64 × (number - 1)
//        0      4  magic "MuMk"
//        4      4  number of the partition
//        8      8  epoch, IEEE double
//       16      8  sequence of the last record, IEEE double
//       24      4  CRC-32 of bytes 0..23
// Numbers are little-endian. A slot does not cross a sector, and is old or new as a whole.
const SLOT_BYTES = 64;
const CHECKSUM_AT = 24;

/** Opens the file, or makes it. */
export function openMarkFile(path: string): MarkFile {
  const markPath = markPathOf(path);
  const file = openSync(markPath, existsSync(markPath) ? "r+" : "w+", 0o600);
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.write("MuMk", "latin1");
  return {
    write({ number, epoch, sequence }) {
      slot.writeUInt32LE(number, 4);
      slot.writeDoubleLE(epoch, 8);
      slot.writeDoubleLE(sequence, 16);
      slot.writeUInt32LE(crc32(slot.subarray(0, CHECKSUM_AT)), CHECKSUM_AT);
      try {
        writeSync(file, slot, 0, SLOT_BYTES, SLOT_BYTES * (number - 1));
      } catch (error) {
        // The journal itself has what counts. An old mark proves less, and nothing that is wrong.
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
      }
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}

/**
 * Looks whether the journal at `path` still has what was acknowledged, without changing anything: not even the log that it
 * may be missing from, which a journal that is opened for writing overwrites.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if it has not.
 */
export function checkMarks(path: string): void {
  const marks = readMarks(path); // Before the journal is read: what is committed meanwhile is ahead of them.
  if (marks.length === 0) return;
  if (!existsSync(path)) throw lost(path, "the file is missing");
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    const rows = new Map(
      db
        .prepare("SELECT * FROM partition")
        .all()
        .map((row) => [Number(row.number), row]),
    );
    for (const { number, epoch, sequence } of marks) {
      const row = rows.get(number);
      const lastSequence = Number(row?.last_sequence ?? 0);
      if (lastSequence < sequence) {
        throw lost(
          path,
          `record ${sequence} of ${row?.name ?? "a partition"} was written, and it ends at ${lastSequence}`,
        );
      }
      if (Number(row?.epoch ?? 0) < epoch) throw lost(path, `${row?.name ?? "a partition"} has had a later owner`);
    }
  } finally {
    db.close();
  }
}

function lost(path: string, why: string): MusterError {
  return new MusterError(
    "JOURNAL_UNREADABLE",
    `Cannot use the journal ${path} as something acknowledged is missing: ${why}. See "muster journal repair"`,
    { metadata: { path } },
  );
}

/** How far the journal at `path` was acknowledged, as far as it is known. */
export function readMarks(path: string): readonly Mark[] {
  const markPath = markPathOf(path);
  if (!existsSync(markPath)) return [];
  const bytes = readFileSync(markPath);
  const marks: Mark[] = [];
  for (let at = 0; at + SLOT_BYTES <= bytes.length; at += SLOT_BYTES) {
    const slot = bytes.subarray(at, at + SLOT_BYTES);
    const isWhole =
      slot.toString("latin1", 0, 4) === "MuMk" &&
      slot.readUInt32LE(CHECKSUM_AT) === crc32(slot.subarray(0, CHECKSUM_AT));
    if (!isWhole) continue; // A power cut may leave anything of what was not synced.
    marks.push({ number: slot.readUInt32LE(4), epoch: slot.readDoubleLE(8), sequence: slot.readDoubleLE(16) });
  }
  return marks;
}
