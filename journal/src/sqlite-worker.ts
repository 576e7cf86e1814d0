// The thread that sqlite-journal.ts talks to: one message in, one message out, in order.
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { AppendRequest } from "./journal.ts";
import { unpackRecords } from "./record-block.ts";
import { isDamage, isDiskFull } from "./sqlite-error.ts";
import { openSqliteStore, type SqliteStore } from "./sqlite-store.ts";

/** An append on its way to the thread, its records in a block. */
export type PackedAppend = Omit<AppendRequest, "records"> & { readonly block: ArrayBuffer };
export type WorkerRequest = {
  readonly id: number;
  readonly name: keyof SqliteStore;
  readonly args: readonly unknown[];
};
export type Refusal = { readonly reason: string; readonly message: string; readonly metadata: Record<string, string> };
export type WorkerReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly refusal: Refusal };

invariant(parentPort, "this file runs as a worker");
const port = parentPort;
const path: string = workerData.path;
let store: SqliteStore | undefined;

port.on("message", ({ id, name, args }: WorkerRequest) => {
  try {
    const value = name === "close" ? store?.close() : call(name, args);
    const block = value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [];
    port.postMessage({ id, value } satisfies WorkerReply, block);
  } catch (error) {
    port.postMessage({ id, refusal: describe(error) } satisfies WorkerReply);
  }
});

function call(name: keyof SqliteStore, args: readonly unknown[]): unknown {
  store ??= openSqliteStore(path);
  if (name === "append") {
    const [appends, wallMs] = args as [readonly PackedAppend[], number];
    const requests = appends.map(({ block, ...rest }) => ({ ...rest, records: unpackRecords(block) }));
    return store.append(requests, wallMs).map((error) => error && describe(error));
  }
  return (store[name] as (...args: readonly unknown[]) => unknown)(...args);
}

function describe(error: unknown): Refusal {
  if (error instanceof MusterError) {
    return { reason: error.reason, message: error.message, metadata: { ...error.metadata } };
  }
  const why = error instanceof Error ? error.message : String(error);
  if (isDiskFull(error)) {
    return {
      reason: "JOURNAL_FULL",
      message: `Cannot write ${path} as the disk has no room: ${why}`,
      metadata: { path },
    };
  }
  if (isDamage(error)) {
    return { reason: "JOURNAL_UNREADABLE", message: `Cannot read ${path} as a journal: ${why}`, metadata: { path } };
  }
  return { reason: "JOURNAL_FAILED", message: `Cannot use the journal ${path} any more: ${why}`, metadata: { path } };
}
