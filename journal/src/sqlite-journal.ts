// The embedded default: one SQLite file, one fsync a commit, on a thread of its own.
import { Worker } from "node:worker_threads";
import { MusterError, readReason } from "@muster/proto";
import type { Journal } from "./journal.ts";
import type { Page } from "./sqlite-store.ts";
import type { WorkerReply } from "./sqlite-worker.ts";

const PAGE_RECORDS = 1_000;

/**
 * The journal in the file at `path`, made with its folder if it is not there.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE on first use, if the file is foreign, of a newer build, or damaged.
 */
export function openSqliteJournal(path: string): Journal {
  // Node runs the source by its ending; the published build has the same file as JavaScript beside this one. What else this
  // process was started with is no business of the thread.
  const fromSource = import.meta.url.endsWith(".ts");
  const worker = new Worker(new URL(`./sqlite-worker.${fromSource ? "ts" : "js"}`, import.meta.url), {
    workerData: { path },
    execArgv: fromSource ? ["--conditions=@muster/source"] : [],
  });
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: unknown) => void }>();
  let lastId = 0;
  let dead: MusterError | undefined;

  const die = (error: MusterError) => {
    dead ??= error;
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
  };
  worker.on("message", (reply: WorkerReply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("value" in reply) return call?.resolve(reply.value as never);
    const { reason, message, metadata } = reply.error;
    call?.reject(new MusterError(readReason(reason, "INTERNAL"), message, { metadata }));
  });
  worker.on("error", (cause) => die(new MusterError("JOURNAL_FAILED", `Cannot go on with ${path}`, { cause })));
  worker.on("exit", () => die(new MusterError("JOURNAL_FAILED", `Cannot use the journal ${path} as it is closed`)));

  const ask = <Value>(name: string, ...args: readonly unknown[]) =>
    new Promise<Value>((resolve, reject) => {
      if (dead) return reject(dead);
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      worker.postMessage({ id: lastId, name, args });
    });

  return {
    acquire: (partition, options) => ask("acquire", partition, options),
    renew: (partition, epoch) => ask("renew", partition, epoch),
    release: (partition, epoch) => ask("release", partition, epoch),
    append: (request) => ask("append", request),
    async *read(partition, fromSequence) {
      let next: number | undefined = fromSequence;
      while (next !== undefined) {
        const page: Page = await ask("readPage", partition, next, PAGE_RECORDS);
        yield* page.records;
        next = page.nextSequence;
      }
    },
    readSnapshot: (partition) => ask("readSnapshot", partition),
    writeSnapshot: (partition, epoch, snapshot) => ask("writeSnapshot", partition, epoch, snapshot),
    async [Symbol.asyncDispose]() {
      if (!dead) await ask("close");
      await worker.terminate();
    },
  };
}
