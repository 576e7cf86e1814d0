// The thread that sqlite-checkpointer.ts talks to: each message is answered after one checkpoint.
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { invariant } from "@muster/kit";

/** What SQLite said of a checkpoint that failed. */
export type CheckpointFailure = { readonly message: string; readonly errcode: number };
export type CheckpointReply = { readonly failure: CheckpointFailure | undefined };

invariant(parentPort, "this file runs as a worker");
const port = parentPort;
const db = new DatabaseSync(workerData.path, { timeout: 5_000 });
db.exec("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;");
const checkpoint = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");

port.on("message", (message: "checkpoint" | "close") => {
  if (message === "close") {
    db.close();
    port.close();
    return;
  }
  try {
    checkpoint.get();
    port.postMessage({ failure: undefined } satisfies CheckpointReply);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const errcode = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
    port.postMessage({ failure: { message, errcode } } satisfies CheckpointReply);
  }
});
