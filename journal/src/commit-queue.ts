// What has been decided on its way to the disk: many decisions in one write, in order, each whole. Who waits for a fact is
// told when it is durable. A disk without room makes everything wait until there is some.
import { abortError, type Clock, isAbortError } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { Journal, NewRecord } from "./journal.ts";

export type CommittedFact<Fact> = { readonly sequence: number; readonly timeMs: number; readonly fact: Fact };

/** What one decision brought. It is never split over two appends, so that no crash leaves half a decision. */
export type Decided<Fact> = {
  readonly facts: readonly CommittedFact<Fact>[];
  readonly records: readonly NewRecord[];
};

export interface CommitQueue<Fact> {
  /** Of the last durable fact. */
  readonly durableSequence: number;
  /** The last write found no room on the disk; it is tried again until there is some. */
  readonly isDiskFull: boolean;
  /** What it has failed with. */
  readonly failure: MusterError | undefined;
  /** To be written, after everything that was pushed before. */
  push(decided: Decided<Fact>): void;
  /** Resolves when the fact is durable; rejects with what the queue has failed with. */
  untilDurable(sequence: number): Promise<void>;
  /** Nothing more is written; rejects whoever waits, now and later. */
  fail(error: MusterError): void;
  /** Writes what is there, unless the disk has no room: then whoever waits is rejected. */
  close(): Promise<void>;
}

export type CommitQueueOptions<Fact> = {
  readonly journal: Journal;
  readonly partition: string;
  readonly epoch: number;
  readonly clock: Clock;
  /** Where the journal ends. */
  readonly durableSequence: number;
  /** After those who waited for these facts were told. */
  readonly onDurable: (facts: readonly CommittedFact<Fact>[]) => void;
  readonly onDisk: (state: "full" | "writable") => void;
  /** A write failed, and not for want of room. */
  readonly onFailure: (error: unknown) => void;
};

/** Facts of one append, in whole decisions: bounds the time that one disk write may take. */
const APPEND_FACTS_MAX = 4_096;
/** How long a full disk is left alone before the next try, in ms: doubling up to the longest. */
const RETRY_FIRST_MS = 100;
const RETRY_MS_MAX = 2_000;

type Waiter = { readonly sequence: number; readonly settle: (error?: MusterError) => void };

export function createCommitQueue<Fact>(options: CommitQueueOptions<Fact>): CommitQueue<Fact> {
  const { journal, partition, epoch, clock, onDurable, onDisk, onFailure } = options;
  const waiters: Waiter[] = [];
  const closing = new AbortController();
  let durable = options.durableSequence;
  let queue: Decided<Fact>[] = [];
  let appending: Promise<void> | undefined;
  let isDiskFull = false;
  let failure: MusterError | undefined;

  const fail = (error: MusterError) => {
    failure ??= error;
    for (const waiter of waiters.splice(0)) waiter.settle(failure);
  };
  const takeBatch = (): Decided<Fact> => {
    const facts: CommittedFact<Fact>[] = [];
    const records: NewRecord[] = [];
    let taken = 0;
    for (const decided of queue) {
      if (taken > 0 && facts.length + decided.facts.length > APPEND_FACTS_MAX) break;
      facts.push(...decided.facts);
      records.push(...decided.records);
      taken += 1;
    }
    queue = queue.slice(taken);
    return { facts, records };
  };
  const noteDisk = (isFull: boolean) => {
    if (isFull === isDiskFull) return;
    isDiskFull = isFull;
    onDisk(isFull ? "full" : "writable");
  };
  /** Tries until there is room. @throws an AbortError if the queue is closed before. */
  const append = async (records: readonly NewRecord[]) => {
    for (let waitMs = RETRY_FIRST_MS; ; waitMs = Math.min(2 * waitMs, RETRY_MS_MAX)) {
      try {
        await journal.append({ partition, epoch, afterSequence: durable, records });
        return noteDisk(false);
      } catch (error) {
        if (!isNoRoom(error)) throw error;
      }
      noteDisk(true);
      await clock.sleep(waitMs, closing.signal);
    }
  };
  const settleDurable = () => {
    let settled = 0;
    while (settled < waiters.length && (waiters[settled] as Waiter).sequence <= durable) settled += 1;
    for (const waiter of waiters.splice(0, settled)) waiter.settle();
  };
  const appendQueued = async () => {
    while (queue.length > 0 && !failure) {
      const { facts, records } = takeBatch();
      await append(records);
      if (failure) return; // The lease was lost meanwhile: whoever waited has been told already.
      durable += facts.length;
      settleDurable();
      onDurable(facts);
    }
  };
  const onAppendFailed = (error: unknown) => {
    if (!closing.signal.aborted || !isAbortError(error)) return onFailure(error);
    fail(new MusterError("SERVICE_NOT_READY", `Cannot write ${partition} before it closes: the disk has no room`));
  };
  const wakeAppender = () => {
    // On a later microtask, so that callers of the same turn share one write.
    appending ??= Promise.resolve()
      .then(appendQueued)
      .catch(onAppendFailed)
      .finally(() => {
        appending = undefined;
        if (queue.length > 0 && !failure) wakeAppender();
      });
  };

  return {
    get durableSequence() {
      return durable;
    },
    get isDiskFull() {
      return isDiskFull;
    },
    get failure() {
      return failure;
    },
    push(decided) {
      queue.push(decided);
      wakeAppender();
    },
    untilDurable: (sequence) =>
      new Promise<void>((resolve, reject) => {
        if (failure) return reject(failure);
        if (sequence <= durable) return resolve();
        waiters.push({ sequence, settle: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
    fail,
    async close() {
      closing.abort(abortError("The ledger is closing"));
      while (appending) await appending;
    },
  };
}

/** Whether `error` says that the disk has no room: nothing was written, and a later try may succeed. */
export function isNoRoom(error: unknown): boolean {
  return error instanceof MusterError && error.reason === "JOURNAL_FULL";
}
