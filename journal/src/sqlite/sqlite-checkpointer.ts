// Brings the log over into the file on a thread of its own: it writes as much again as the appends did, and none of them
// should wait for it. The thread starts with the first log that is long enough; most journals never need it.
import type { Worker } from "node:worker_threads";
import type { CheckpointReply } from "./sqlite-checkpoint-thread.ts";
import { startThread } from "./start-thread.ts";

export interface Checkpointer extends AsyncDisposable {
  /** Starts a checkpoint, unless one is under way. */
  start(): void;
}

/** For the journal at `path`. `onDone` hears of the end of each checkpoint, with what it failed with, if it did. */
export function createCheckpointer(path: string, onDone: (error?: Error) => void): Checkpointer {
  let thread: Worker | undefined;
  let isUnderWay = false;

  const startOurs = (): Worker => {
    const started = startThread("sqlite-checkpoint-thread", import.meta.url, { path });
    const end = (error?: Error) => {
      isUnderWay = false;
      onDone(error);
    };
    started.on("message", ({ failure }: CheckpointReply) => {
      end(failure && Object.assign(new Error(failure.message), { errcode: failure.errcode }));
    });
    started.on("error", end);
    return started;
  };
  return {
    start() {
      if (isUnderWay) return;
      isUnderWay = true;
      thread ??= startOurs();
      thread.postMessage("checkpoint");
    },
    async [Symbol.asyncDispose]() {
      if (!thread) return;
      // It ends by itself, its file closed: a thread that is terminated within SQLite can take the process along.
      const ended = Promise.withResolvers<void>();
      thread.removeAllListeners();
      thread.once("error", () => ended.resolve());
      thread.once("exit", () => ended.resolve());
      thread.postMessage("close");
      await ended.promise;
    },
  };
}
