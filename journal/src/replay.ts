// A restart: the newest snapshot, and the facts that came since folded in, to the end of the journal.
import { MusterError } from "@muster/proto";
import type { Ownership, StoredRecord } from "./journal.ts";
import type { LedgerOptions } from "./ledger.ts";
import { unreadable } from "./record.ts";
import { readState } from "./snapshotter.ts";

export type Replayed<State> = { readonly state: State; readonly snapshotSequence: number };

/** The state as it is at the end of the journal. @throws {MusterError} JOURNAL_UNREADABLE. */
export async function replay<State, Fact>(
  { journal, partition, initial, evolve, codec, snapshots }: LedgerOptions<State, Fact>,
  { firstSequence, lastSequence }: Ownership,
): Promise<Replayed<State>> {
  const snapshot = snapshots && (await journal.readSnapshot(partition));
  const state = snapshot ? await readState(partition, snapshot, snapshots.codec) : initial();
  let sequence = snapshot?.sequence ?? 0;
  if (sequence + 1 < firstSequence) throw unreadable(partition, sequence + 1, "it is not kept, nor in a snapshot");
  for await (const record of journal.read(partition, sequence + 1)) {
    if (record.sequence !== sequence + 1 || record.erased) {
      throw unreadable(partition, sequence + 1, "the state needs it: it was forgotten or erased");
    }
    sequence = record.sequence;
    evolve(state, decodeFact(partition, record, codec), { sequence, timeMs: record.timeMs });
  }
  if (sequence !== lastSequence) throw journalEndsEarly(partition, sequence, lastSequence);
  return { state, snapshotSequence: snapshot?.sequence ?? 0 };
}

function journalEndsEarly(partition: string, readSequence: number, lastSequence: number): MusterError {
  return new MusterError(
    "JOURNAL_UNREADABLE",
    `Cannot read ${partition} to its end at record ${lastSequence}: nothing follows record ${readSequence}`,
    { metadata: { partition } },
  );
}

/** @throws {MusterError} JOURNAL_UNREADABLE for a body that this build has no fact for, though it is as it was written. */
function decodeFact<Fact>(
  partition: string,
  { sequence, kind, body }: StoredRecord,
  codec: Pick<LedgerOptions<unknown, Fact>["codec"], "decode">,
): Fact {
  try {
    return codec.decode(kind, body);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw unreadable(partition, sequence, `a fact of kind ${kind}: ${why}`);
  }
}
