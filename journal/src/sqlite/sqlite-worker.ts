// The thread that sqlite-journal.ts talks to: one message in, one message out, in order.
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "@muster/kit";
import type { AppendRequest } from "../journal.ts";
import { unpackRecords } from "../record-block.ts";
import { createCheckpointer } from "./sqlite-checkpointer.ts";
import { toJournalError } from "./sqlite-error.ts";
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
const { path, pagesMax }: { path: string; pagesMax: number | undefined } = workerData;
let store: SqliteStore | undefined;

const checkpointer = createCheckpointer(path, (error) => store?.endCheckpoint(error));

port.on("message", async ({ id, name, args }: WorkerRequest) => {
  try {
    if (name === "close") await checkpointer[Symbol.asyncDispose]();
    const value = name === "close" ? store?.close() : call(name, args);
    const block = value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [];
    port.postMessage({ id, value } satisfies WorkerReply, block);
    if (name === "close") port.close(); // Nothing is left to do, so the thread ends by itself.
  } catch (error) {
    port.postMessage({ id, refusal: describe(error) } satisfies WorkerReply);
  }
});

function call(name: keyof SqliteStore, args: readonly unknown[]): unknown {
  store ??= openSqliteStore(path, { pagesMax, startCheckpoint: checkpointer.start });
  if (name === "append") {
    const [appends, wallMs] = args as [readonly PackedAppend[], number];
    const requests = appends.map(({ block, ...rest }) => ({ ...rest, records: unpackRecords(block) }));
    return store.append(requests, wallMs).map((error) => error && describe(error));
  }
  return (store[name] as (...args: readonly unknown[]) => unknown)(...args);
}

function describe(error: unknown): Refusal {
  const { reason, message, metadata } = toJournalError(error, path);
  return { reason, message, metadata: { ...metadata } };
}
