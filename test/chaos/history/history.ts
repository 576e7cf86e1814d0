// The append-only record of a run: in memory for the checker, and line by line in a file for people and for runs that die.
import { closeSync, openSync, writeSync } from "node:fs";
import { MusterError } from "@muster/proto";
import type { Ask, Entry, Outcome, TicketView } from "./entry.ts";

export type NewEntry = Entry extends infer One ? (One extends Entry ? Omit<One, "atMs"> : never) : never;

export interface Notebook {
  readonly entries: readonly Entry[];
  add(entry: NewEntry): void;
  /** Notes the call, makes it, notes its outcome. Resolves with the outcome; rejects only with mistakes of ours. */
  call(via: string, ask: Ask, work: () => Promise<TicketView | "joined">): Promise<Outcome>;
}

export interface History extends Notebook, Disposable {
  readonly path: string;
}

/** Monotonic ms of this machine: processes agree on it. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

/** A history without entries, in the file at `path`. */
export function openHistory(path: string): History {
  const file = openSync(path, "a");
  const notebook = createNotebook(monotonicMs, (entry) => writeSync(file, `${JSON.stringify(entry)}\n`));
  return { ...notebook, path, [Symbol.dispose]: () => closeSync(file) };
}

/** A history in memory, by the clock of `nowMs`; `onEntry` hears of each entry. */
export function createNotebook(nowMs: () => number, onEntry: (entry: Entry) => void = () => undefined): Notebook {
  const entries: Entry[] = [];
  let calls = 0;
  const add = (entry: NewEntry) => {
    const whole: Entry = { atMs: nowMs(), ...entry };
    entries.push(whole);
    onEntry(whole);
  };
  return {
    entries,
    add,
    async call(via, ask, work) {
      calls += 1;
      const call = calls;
      add({ type: "asked", call, via, ask });
      const outcome = await outcomeOf(work);
      add({ type: "answered", call, outcome });
      return outcome;
    },
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
