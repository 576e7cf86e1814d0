// Which records a partition still needs, and which snapshots and cursors fit to those that it has: the same rules in every
// journal.
import { MusterError } from "@muster/proto";
import type { Cursor } from "./journal.ts";

/** The last record that may be forgotten, `throughSequence` at most. 0: none, without a snapshot. */
export function compactionLimit(
  throughSequence: number,
  needs: { readonly snapshotSequence: number | undefined; readonly cursors: Iterable<number> },
): number {
  return Math.min(throughSequence, needs.snapshotSequence ?? 0, ...needs.cursors);
}

/** @throws {MusterError} SEQUENCE_CONFLICT unless a snapshot of `sequence` can take the present one's place. */
export function refuseSnapshot(
  partition: string,
  sequence: number,
  kept: { readonly lastSequence: number; readonly snapshotSequence: number | undefined },
): void {
  const { lastSequence, snapshotSequence = 0 } = kept;
  if (Number.isInteger(sequence) && sequence >= snapshotSequence && sequence <= lastSequence) return;
  throw new MusterError(
    "SEQUENCE_CONFLICT",
    `Cannot keep a snapshot of ${partition} at record ${sequence}: ` +
      `it ends at ${lastSequence}, and its present snapshot is at ${snapshotSequence}`,
  );
}

/** @throws {MusterError} CURSOR_EXPIRED, SEQUENCE_CONFLICT unless every record after the cursor is kept or yet to come. */
export function refuseCursor(
  partition: string,
  { name, sequence }: Cursor,
  kept: { readonly firstSequence: number; readonly lastSequence: number },
): void {
  if (sequence < kept.firstSequence - 1) throw cursorExpired(partition, sequence, kept.firstSequence);
  if (Number.isInteger(sequence) && sequence <= kept.lastSequence) return;
  throw new MusterError(
    "SEQUENCE_CONFLICT",
    `Cannot move the cursor ${name} of ${partition} to record ${sequence}: it ends at ${kept.lastSequence}`,
  );
}

/** What a reader gets whose next record has been forgotten. */
export function cursorExpired(partition: string, sequence: number, firstSequence: number): MusterError {
  return new MusterError(
    "CURSOR_EXPIRED",
    `Cannot read ${partition} on from record ${sequence}: the oldest that is kept is ${firstSequence}`,
    { metadata: { partition, firstSequence: String(firstSequence) } },
  );
}
