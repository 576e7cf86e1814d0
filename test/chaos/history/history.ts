// The append-only record of a run: in memory for the checker, and line by line in a file for people and for runs that die.
import { closeSync, openSync, writeSync } from "node:fs";
import { MusterError } from "@muster/proto";
import type { Ask, Entry, Outcome, TicketView } from "./entry.ts";

export type NewEntry = Entry extends infer One ? (One extends Entry ? Omit<One, "atMs"> : never) : never;

export interface History extends Disposable {
  readonly entries: readonly Entry[];
  readonly path: string;
  add(entry: NewEntry): void;
  /** Notes the call, makes it, notes its outcome. Resolves with the outcome; rejects only with mistakes of ours. */
  call(via: string, ask: Ask, work: () => Promise<TicketView | "joined">): Promise<Outcome>;
}

/** Monotonic ms of this machine: processes agree on it. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

/** A history without entries, in the file at `path`. */
export function openHistory(path: string): History {
  const entries: Entry[] = [];
  const file = openSync(path, "a");
  let calls = 0;
  const add = (entry: NewEntry) => {
    const whole: Entry = { atMs: monotonicMs(), ...entry };
    entries.push(whole);
    writeSync(file, `${JSON.stringify(whole)}\n`);
  };
  return {
    entries,
    path,
    add,
    async call(via, ask, work) {
      calls += 1;
      const call = calls;
      add({ type: "asked", call, via, ask });
      const outcome = await outcomeOf(work);
      add({ type: "answered", call, outcome });
      return outcome;
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}

// The caller was cut off, or the service says that it does not know itself.
const UNKNOWN: ReadonlySet<string> = new Set([
  "PEER_UNREACHABLE",
  "DEADLINE_PASSED",
  "CALL_CANCELLED",
  "SERVICE_NOT_READY",
  "FLEET_UNREACHABLE",
  "INTERNAL_FAULT",
  "JOURNAL_FAILED",
  "EPOCH_STALE",
]);

async function outcomeOf(work: () => Promise<TicketView | "joined">): Promise<Outcome> {
  try {
    return { ok: await work() };
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    const { reason, metadata } = error;
    if (UNKNOWN.has(reason)) return { unknown: reason };
    return metadata.matchId === undefined ? { refused: reason } : { refused: reason, matchId: metadata.matchId };
  }
}
