// The embedded default: one SQLite file, one fsync a commit, on a thread of its own. Appends that come while one commit runs
// share the next.
import { setTimeout } from "node:timers/promises";
import { type Clock, invariant, systemClock } from "@muster/kit";
import { MusterError, readReason } from "@muster/proto";
import {
  type AppendRequest,
  type Journal,
  SNAPSHOT_CHUNK_BYTES_MAX,
  type Snapshot,
  type StoredRecord,
} from "./journal.ts";
import { readRecord } from "./record.ts";
import { packRecords } from "./record-block.ts";
import type { FoundSnapshot, NewChunk } from "./sqlite/sqlite-snapshots.ts";
import type { SqliteStore } from "./sqlite/sqlite-store.ts";
import type { PackedAppend, Refusal, WorkerReply, WorkerRequest } from "./sqlite/sqlite-worker.ts";
import { startThread } from "./sqlite/start-thread.ts";

export type SqliteJournalOptions = {
  /** Whose wall clock leases and gaps are told by. Default: the machine's. */
  readonly clock?: Pick<Clock, "wallMs">;
  /** Pages of 4 KiB that the file may have: with more of them it is full. Default: as many as the disk has room for. */
  readonly pagesMax?: number;
};

type Settle = { resolve: (value: never) => void; reject: (error: unknown) => void };
type WaitingAppend = { readonly packed: PackedAppend; resolve: () => void; reject: (error: unknown) => void };

type Compacted = ReturnType<SqliteStore["compactSome"]>;

/** Commits on their way to the thread: while the disk works on one, the next is on its desk. */
const COMMITS_MAX = 2;
/** Bytes of a snapshot, about, that are stored in one go. */
const STORED_BYTES = 262_144;
/** Records that one message asks to be erased. */
const ERASE_RECORDS_MAX = 500;
/** How long another process may go on reading the log before erasing gives up: 100 × 50 ms. */
const EMPTY_LOG_TRIES_MAX = 100;
const EMPTY_LOG_PAUSE_MS = 50;

/**
 * The journal in the file at `path`, made with its folder if it is not there. Every call rejects with JOURNAL_FAILED once
 * the disk has failed a write or the journal is closed.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE on first use, if the file is foreign, of a newer build, or damaged.
 */
export function openSqliteJournal(path: string, options: SqliteJournalOptions = {}): Journal {
  const { clock = systemClock } = options;
  const worker = startThread("sqlite/sqlite-worker", import.meta.url, { path, pagesMax: options.pagesMax });
  const waiting = new Map<number, Settle>();
  let lastId = 0;
  let dead: MusterError | undefined;
  let appends: WaitingAppend[] = [];
  let commitsUnderWay = 0;
  /** One snapshot after the other: each starts by clearing away what the one before has left. */
  let lastSnapshot: Promise<unknown> = Promise.resolve();

  const die = (error: MusterError) => {
    dead ??= error;
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
    for (const { reject } of appends.splice(0)) reject(dead);
  };
  worker.on("message", (reply: WorkerReply) => {
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("value" in reply) call?.resolve(reply.value as never);
    else call?.reject(readRefusal(reply.refusal));
  });
  worker.on("error", (cause) => {
    die(new MusterError("JOURNAL_FAILED", `Cannot go on with the journal ${path}: its thread has failed`, { cause }));
  });
  worker.on("exit", () => die(new MusterError("JOURNAL_FAILED", `Cannot use the journal ${path} as it is closed`)));

  const ask = <Value>(name: keyof SqliteStore, args: readonly unknown[], moved: ArrayBuffer[] = []) =>
    new Promise<Value>((resolve, reject) => {
      if (dead) return reject(dead);
      lastId += 1;
      waiting.set(lastId, { resolve, reject });
      worker.postMessage({ id: lastId, name, args } satisfies WorkerRequest, moved);
    });

  const commitWaiting = async () => {
    const batch = appends;
    appends = [];
    commitsUnderWay += 1;
    try {
      const packed = batch.map((append) => append.packed);
      const blocks = packed.map(({ block }) => block);
      const refusals = await ask<(Refusal | undefined)[]>("append", [packed, clock.wallMs()], blocks);
      for (const [index, { resolve, reject }] of batch.entries()) {
        const refusal = refusals[index];
        if (refusal) reject(readRefusal(refusal));
        else resolve();
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    commitsUnderWay -= 1;
    if (appends.length > 0) void commitWaiting();
  };
  const append = ({ partition, epoch, afterSequence, records }: AppendRequest) =>
    new Promise<void>((resolve, reject) => {
      if (dead) return reject(dead);
      const packed = { partition, epoch, afterSequence, block: packRecords(records) };
      appends.push({ packed, resolve, reject });
      if (commitsUnderWay < COMMITS_MAX) void commitWaiting();
    });
  const pruneSnapshots = async (partition: string, epoch: number) => {
    while (await ask<boolean>("pruneSnapshots", [partition, epoch]));
  };
  const emptyLog = async () => {
    for (let tries = 1; !(await ask<boolean>("emptyLog", [])); tries += 1) {
      if (tries === EMPTY_LOG_TRIES_MAX) {
        throw new MusterError(
          "SERVICE_NOT_READY",
          `Cannot overwrite what was erased from ${path} as another process keeps reading its log`,
        );
      }
      await setTimeout(EMPTY_LOG_PAUSE_MS);
    }
  };
  async function* readChunks(partition: string, found: FoundSnapshot): AsyncGenerator<Uint8Array> {
    for (let number = 0; number < found.chunks; number += 1) {
      yield await ask<Uint8Array>("readSnapshotChunk", [partition, found, number]);
    }
  }
  const writeSnapshot = async (partition: string, epoch: number, { sequence, chunks }: Snapshot) => {
    await pruneSnapshots(partition, epoch); // What a former attempt left.
    const id = await ask<number>("beginSnapshot", [partition, epoch, sequence]);
    try {
      let number = 0;
      let gathered: NewChunk[] = [];
      let gatheredBytes = 0;
      /** The thread stores some chunks while the next ones are made. */
      let storing: Promise<void> = Promise.resolve();
      const store = async () => {
        await storing;
        storing = ask<void>("addSnapshotChunks", [partition, epoch, gathered]);
        storing.catch(() => undefined); // Whoever stores or finishes next is told.
        gathered = [];
        gatheredBytes = 0;
      };
      for await (const bytes of chunks) {
        invariant(bytes.length <= SNAPSHOT_CHUNK_BYTES_MAX, "A snapshot's chunk is at most SNAPSHOT_CHUNK_BYTES_MAX");
        gathered.push({ id, number, bytes });
        gatheredBytes += bytes.length;
        number += 1;
        if (gatheredBytes >= STORED_BYTES) await store();
      }
      await store();
      await storing;
      await ask("finishSnapshot", [partition, epoch, id]);
    } finally {
      // The former one, or what there is of this one if it failed: that takes room which appends may need.
      await pruneSnapshots(partition, epoch).catch(() => undefined); // The next one tries again.
    }
  };

  return {
    acquire: (partition, asked) => ask("acquire", [partition, asked, clock.wallMs()]),
    renew: (partition, owner) => ask("renew", [partition, owner, clock.wallMs()]),
    release: (partition, owner) => ask("release", [partition, owner, clock.wallMs()]),
    append,
    async *read(partition, fromSequence) {
      let page = await ask<Uint8Array>("readPage", [partition, fromSequence, true]);
      while (page.length > 0) {
        const records = readPage(partition, page);
        // The thread reads the next page while the caller works on this one.
        const following = ask<Uint8Array>("readPage", [partition, (records.at(-1)?.sequence ?? 0) + 1, false]);
        following.catch(() => undefined); // The caller may stop here, and never come for it.
        yield* records;
        page = await following;
      }
    },
    async readSnapshot(partition) {
      const found = await ask<FoundSnapshot | undefined>("findSnapshot", [partition]);
      return found && { sequence: found.sequence, chunks: readChunks(partition, found) };
    },
    writeSnapshot(partition, epoch, snapshot) {
      const written = lastSnapshot.then(() => writeSnapshot(partition, epoch, snapshot));
      lastSnapshot = written.catch(() => undefined);
      return written;
    },
    async compact(partition, epoch, throughSequence) {
      for (;;) {
        const done = await ask<Compacted>("compactSome", [partition, epoch, throughSequence]);
        if (!done.more) return done.firstSequence;
      }
    },
    async eraseBodies(partition, epoch, sequences) {
      for (let from = 0; from < sequences.length; from += ERASE_RECORDS_MAX) {
        let left: readonly number[] = sequences.slice(from, from + ERASE_RECORDS_MAX);
        while (left.length > 0) left = await ask<readonly number[]>("eraseSome", [partition, epoch, left]);
      }
      await emptyLog();
    },
    moveCursor: (partition, epoch, cursor) => ask("moveCursor", [partition, epoch, cursor]),
    removeCursor: (partition, epoch, name) => ask("removeCursor", [partition, epoch, name]),
    readCursors: (partition) => ask("readCursors", [partition]),
    async [Symbol.asyncDispose]() {
      if (dead) return void (await worker.terminate());
      // A thread that is terminated with SQLite's file open, or just closing, can take the process along.
      const ended = new Promise((resolve) => worker.once("exit", resolve));
      await ask("close", []);
      await ended;
    },
  };
}

function readPage(partition: string, page: Uint8Array): readonly StoredRecord[] {
  const records: StoredRecord[] = [];
  for (let offset = 0; offset < page.length; ) {
    const { record, endOffset } = readRecord(page, offset, partition);
    records.push(record);
    offset = endOffset;
  }
  return records;
}

function readRefusal({ reason, message, metadata }: Refusal): MusterError {
  return new MusterError(readReason(reason, "INTERNAL"), message, { metadata });
}
