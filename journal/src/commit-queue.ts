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
const APPEND_FACTS_MAX = 512;
/** Appends under way: while the disk works on one, the next is on its desk. */
const APPENDS_MAX = 2;
/** Facts that make a second append worth its own sync; fewer of them wait and share the next. */
const OVERLAP_FACTS_MIN = 256;
/** How long a full disk is left alone before the next try, in ms: doubling up to the longest. */
const RETRY_FIRST_MS = 100;
const RETRY_MS_MAX = 2_000;

/** An append that was asked for, and what it failed with, if it did. */
type Append<Fact> = {
  readonly batch: Decided<Fact>;
  readonly outcome: Promise<{ readonly error: unknown } | undefined>;
};

type Waiter = { readonly sequence: number; readonly settle: (error?: MusterError) => void };

export function createCommitQueue<Fact>(options: CommitQueueOptions<Fact>): CommitQueue<Fact> {
  const { journal, partition, epoch, clock, onDurable, onDisk, onFailure } = options;
  const waiters: Waiter[] = [];
  const closing = new AbortController();
  let durable = options.durableSequence;
  let queue: Decided<Fact>[] = [];
  let queuedFacts = 0;
  const underWay: Append<Fact>[] = [];
  let running: Promise<void> | undefined;
  let isWaking = false;
  let isRetrying = false;
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
      for (const fact of decided.facts) facts.push(fact);
      for (const record of decided.records) records.push(record);
      taken += 1;
    }
    queue = queue.slice(taken);
    queuedFacts -= facts.length;
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
      if (isDiskFull) await clock.sleep(waitMs, closing.signal);
      try {
        await journal.append({ partition, epoch, afterSequence: durable, records });
        return noteDisk(false);
      } catch (error) {
        if (!isNoRoom(error)) throw error;
      }
      noteDisk(true);
    }
  };
  const settleDurable = () => {
    let settled = 0;
    while (settled < waiters.length && (waiters[settled] as Waiter).sequence <= durable) settled += 1;
    for (const waiter of waiters.splice(0, settled)) waiter.settle();
  };
  const commit = ({ facts }: Decided<Fact>) => {
    if (failure) return; // The lease was lost meanwhile: whoever waited has been told already.
    durable += facts.length;
    settleDurable();
    onDurable(facts);
  };
  /** Sends what is queued on its way, unless it would be a small write on the heels of another one. */
  const start = () => {
    while (queue.length > 0 && !failure && !isRetrying) {
      const isWorthIt = underWay.length === 0 || queuedFacts >= OVERLAP_FACTS_MIN;
      if (!isWorthIt || underWay.length === APPENDS_MAX) return;
      const batch = takeBatch();
      const afterSequence = underWay.reduce((sum, one) => sum + one.batch.facts.length, durable);
      const request = { partition, epoch, afterSequence, records: batch.records };
      const outcome = journal.append(request).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      underWay.push({ batch, outcome });
    }
  };
  /** Takes the batches as they become durable, one after the other. */
  const run = async () => {
    for (start(); underWay[0] && !failure; start()) {
      const [first] = underWay;
      const failed = await first.outcome;
      if (failed && !isNoRoom(failed.error)) throw failed.error;
      if (!failed) {
        underWay.shift();
        commit(first.batch);
        continue;
      }
      noteDisk(true);
      isRetrying = true;
      // What was to follow was refused with it, for not following: each is tried again in its turn.
      await Promise.all(underWay.map(({ outcome }) => outcome));
      for (const { batch } of underWay.splice(0)) {
        await append(batch.records);
        commit(batch);
      }
      isRetrying = false;
    }
  };
  const onRunFailed = (error: unknown) => {
    if (!closing.signal.aborted || !isAbortError(error)) return onFailure(error);
    fail(new MusterError("SERVICE_NOT_READY", `Cannot write ${partition} before it closes: the disk has no room`));
  };
  const wake = () => {
    if (isWaking) return;
    isWaking = true;
    // On a later microtask, so that callers of the same turn share one write.
    void Promise.resolve().then(() => {
      isWaking = false;
      if (running) return start();
      running = run()
        .catch(onRunFailed)
        .finally(() => {
          running = undefined;
          // What came when the last look was over and this was still to come: it is queued, or on its way already.
          if (queue.length + underWay.length > 0 && !failure) wake();
        });
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
      queuedFacts += decided.facts.length;
      wake();
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
      while (running || isWaking) await (running ?? Promise.resolve());
    },
  };
}

/** Whether `error` says that the disk has no room: nothing was written, and a later try may succeed. */
export function isNoRoom(error: unknown): boolean {
  return error instanceof MusterError && error.reason === "JOURNAL_FULL";
}
