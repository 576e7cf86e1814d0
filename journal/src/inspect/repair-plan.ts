// What of a partition can be kept: the longest stretch of intact records that a service can start from, and what is lost by
// keeping no more.
import { MusterError } from "@muster/proto";
import { FIRST_HASH } from "../record.ts";
import type { PartitionReport } from "./examine-partition.ts";
import type { InspectedPartition } from "./inspected-journal.ts";

export type RepairPlan = {
  readonly name: string;
  /** The records that are kept; `lastKept` is `firstKept - 1` if there are none. */
  readonly firstKept: number;
  readonly lastKept: number;
  /** What the first kept record carries as the hash of the one before. */
  readonly previousHash: Uint8Array;
  /** Of the snapshot that is kept. Undefined: none is. */
  readonly snapshotSequence: number | undefined;
  readonly cursors: ReadonlyMap<string, number>;
  /** Stretches of records that are lost, in order; the end is the last that is known of. */
  readonly lost: readonly { readonly first: number; readonly last: number; readonly acknowledged: boolean }[];
  /** What else is lost, in sentences. */
  readonly notes: readonly string[];
  /** Undefined: a service can start from what is kept. */
  readonly hopeless: string | undefined;
};

/** A chain that starts anew behind a snapshot: nothing is left that would say what came before. */
const NO_HASH = FIRST_HASH;
/** Where the hash of the record before stands in a record. */
const PREVIOUS_HASH = { at: 80, end: 112 } as const;

/** The plan for a partition of which `report` was made. */
export async function planRepair(partition: InspectedPartition, report: PartitionReport): Promise<RepairPlan> {
  const { name, firstSequence, lastSequence, acknowledgedSequence, snapshotSequence } = report;
  const whole = { firstKept: firstSequence, lastKept: lastSequence, previousHash: partition.previousHash };
  // Behind the damage there may be records that go on from the snapshot: what comes before them nobody needs to start.
  const isBehind = snapshotSequence !== undefined && snapshotSequence > lastSequence;
  const kept = isBehind ? await readFrom(partition, snapshotSequence + 1) : whole;
  const lost: { first: number; last: number; acknowledged: boolean }[] = [];
  if (isBehind) lost.push({ first: lastSequence + 1, last: kept.firstKept - 1, acknowledged: true });
  if (kept.lastKept < acknowledgedSequence) {
    lost.push({ first: kept.lastKept + 1, last: acknowledgedSequence, acknowledged: true });
  }
  const cursors = new Map<string, number>();
  for (const [cursor, sequence] of report.cursors) {
    cursors.set(cursor, Math.min(Math.max(sequence, kept.firstKept - 1), kept.lastKept));
  }
  const fits = snapshotSequence !== undefined && snapshotSequence <= kept.lastKept;
  const isStart = kept.firstKept === 1 || (fits && snapshotSequence >= kept.firstKept - 1);
  return {
    name,
    ...kept,
    snapshotSequence: fits ? snapshotSequence : undefined,
    cursors,
    lost,
    notes: report.problems,
    hopeless: isStart
      ? undefined
      : `the records before ${kept.firstKept} were forgotten, and the snapshot that holds what they did is not whole`,
  };
}

async function readFrom(partition: InspectedPartition, firstKept: number) {
  let lastKept = firstKept - 1;
  let previousHash: Uint8Array | undefined;
  try {
    for await (const page of partition.readPages(firstKept)) {
      for (const { record, bytes } of page) {
        if (record.sequence !== lastKept + 1) return { firstKept, lastKept, previousHash: previousHash ?? NO_HASH };
        previousHash ??= bytes.slice(PREVIOUS_HASH.at, PREVIOUS_HASH.end);
        lastKept = record.sequence;
      }
    }
  } catch (error) {
    if (!isUnreadable(error)) throw error;
  }
  return { firstKept, lastKept, previousHash: previousHash ?? NO_HASH };
}

function isUnreadable(error: unknown): boolean {
  return error instanceof MusterError && error.reason === "JOURNAL_UNREADABLE";
}
