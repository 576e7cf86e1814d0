// The thread that sqlite-journal.ts talks to: one message in, one message out, in order.
import { parentPort, workerData } from "node:worker_threads";
import { invariant, systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { openSqliteStore, type SqliteStore } from "./sqlite-store.ts";

export type WorkerRequest = {
  readonly id: number;
  readonly name: keyof SqliteStore;
  readonly args: readonly unknown[];
};
export type WorkerReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { reason: string; message: string; metadata: Record<string, string> } };

invariant(parentPort, "this file runs as a worker");
const port = parentPort;
let store: SqliteStore | undefined;

port.on("message", ({ id, name, args }: WorkerRequest) => {
  try {
    if (name === "close" && !store) return port.postMessage({ id, value: undefined } satisfies WorkerReply);
    store ??= openSqliteStore(workerData.path);
    const call = store[name] as (...args: readonly unknown[]) => unknown;
    const value = TIMED.has(name) ? call(...args, systemClock.wallMs()) : call(...args);
    port.postMessage({ id, value } satisfies WorkerReply);
  } catch (error) {
    port.postMessage({ id, error: describe(error) } satisfies WorkerReply);
  }
});

/** The calls that end with the wall clock's time. */
const TIMED: ReadonlySet<keyof SqliteStore> = new Set<keyof SqliteStore>(["acquire", "renew", "append"]);

function describe(error: unknown): { reason: string; message: string; metadata: Record<string, string> } {
  if (error instanceof MusterError)
    return { reason: error.reason, message: error.message, metadata: { ...error.metadata } };
  const why = error instanceof Error ? error.message : String(error);
  return { reason: "JOURNAL_FAILED", message: `Cannot write the journal ${workerData.path} as ${why}`, metadata: {} };
}
