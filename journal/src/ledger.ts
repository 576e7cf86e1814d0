// The runner of a pure core on a partition of the journal: decide on the present state, fold the facts in at once, make
// them durable together with everybody else's, then answer. What a service acknowledges, pushes or acts upon passes here.
import { abortError, type Clock, isAbortError } from "@muster/kit";
import { MusterError } from "@muster/proto";
import type { Journal, NewRecord } from "./journal.ts";
import { createJournalTime } from "./journal-time.ts";

export type Decision<Fact, Reply> = { readonly facts: readonly Fact[]; readonly reply: Reply };

export type CommittedFact<Fact> = { readonly sequence: number; readonly timeMs: number; readonly fact: Fact };

export type FactMeta = { readonly sequence: number; readonly timeMs: number };

export interface Ledger<State, Fact> extends AsyncDisposable {
  /**
   * Decides on the present state, folds the facts in at once and resolves with the reply after they are durable. `decide`
   * is pure and synchronous; if it throws nothing changes. Without facts the reply waits until everything that the state
   * shows is durable, so that no reply tells of a change that could still be lost.
   */
  execute<Reply>(decide: (state: State, nowMs: number) => Decision<Fact, Reply>): Promise<Reply>;
  /** A value of the state, given once everything that it shows is durable. */
  read<Value>(select: (state: State, nowMs: number) => Value): Promise<Value>;
  /** Tells of facts in order, after they are durable. Effects, watches and pushes hang on it. Returns how to stop. */
  onCommitted(listener: (facts: readonly CommittedFact<Fact>[]) => void): () => void;
  /** The fold of all facts, those not durable yet included: for decisions and timers, never for answers. */
  readonly state: State;
  /** Of the last durable fact. */
  readonly durableSequence: number;
  /** Journal time in ms: goes on where it stood when the journal was last written. */
  nowMs(): number;
}

export type LedgerOptions<State, Fact> = {
  readonly journal: Journal;
  readonly partition: string;
  readonly owner: string;
  readonly takeOver?: boolean;
  readonly clock: Clock;
  /** The state before any fact. */
  readonly initial: () => State;
  /** Folds one fact into the state, which is the ledger's own to change. Must not fail for a fact that was decided. */
  readonly evolve: (state: State, fact: Fact, meta: FactMeta) => void;
  readonly codec: {
    encode(fact: Fact): { readonly kind: number; readonly body: Uint8Array };
    decode(kind: number, body: Uint8Array): Fact;
  };
  /** The journal is lost to us: another owner, or the disk. Nothing more is acknowledged; the process should stop. */
  readonly onFatal: (error: unknown) => void;
  /** How long the lease stays fresh, in ms. Default 10,000; renewed every third of it. */
  readonly leaseMs?: number;
};

const LEASE_MS_DEFAULT = 10_000;
/** Facts of one append: bounds the time that one disk write may take. */
const APPEND_FACTS_MAX = 4_096;

type Waiter = { readonly sequence: number; readonly settle: (error?: unknown) => void };

/**
 * Takes the partition over, folds all its records and serves.
 *
 * @throws {MusterError} PARTITION_OWNED, JOURNAL_UNREADABLE.
 */
export async function openLedger<State, Fact>(options: LedgerOptions<State, Fact>): Promise<Ledger<State, Fact>> {
  const { journal, partition, owner, takeOver = false, clock, evolve, codec, onFatal } = options;
  const leaseMs = options.leaseMs ?? LEASE_MS_DEFAULT;
  const ownership = await journal.acquire(partition, { owner, takeOver, leaseMs });
  const { epoch } = ownership;
  const state = options.initial();
  let sequence = 0;
  for await (const record of journal.read(partition, 1)) {
    sequence = record.sequence;
    evolve(state, codec.decode(record.kind, record.body), { sequence, timeMs: record.timeMs });
  }
  const time = createJournalTime(clock, ownership);

  let durable = sequence;
  let queued: CommittedFact<Fact>[] = [];
  let waiters: Waiter[] = [];
  let failure: { readonly error: unknown } | undefined;
  let appending: Promise<void> | undefined;
  const listeners = new Set<(facts: readonly CommittedFact<Fact>[]) => void>();
  const closing = new AbortController();

  const fail = (error: unknown) => {
    if (failure) return;
    failure = { error };
    const lost = waiters;
    waiters = [];
    for (const waiter of lost) waiter.settle(error);
    onFatal(error);
  };
  const settleDurable = () => {
    let settled = 0;
    while (settled < waiters.length && (waiters[settled] as Waiter).sequence <= durable) settled += 1;
    for (const waiter of waiters.splice(0, settled)) waiter.settle();
  };
  const appendQueued = async () => {
    while (queued.length > 0 && !failure) {
      const batch = queued.slice(0, APPEND_FACTS_MAX);
      queued = queued.slice(batch.length);
      const records = batch.map(({ fact, timeMs }): NewRecord => ({ timeMs, ...codec.encode(fact) }));
      await journal.append({ partition, epoch, afterSequence: durable, records });
      durable += batch.length;
      settleDurable();
      for (const listener of listeners) listener(batch);
    }
  };
  const wakeAppender = () => {
    // On a later microtask, so that callers of the same turn share one write.
    appending ??= Promise.resolve()
      .then(appendQueued)
      .catch(fail)
      .finally(() => {
        appending = undefined;
        if (queued.length > 0 && !failure) wakeAppender();
      });
  };
  const untilDurable = (untilSequence: number) =>
    new Promise<void>((resolve, reject) => {
      if (failure) return reject(failure.error);
      if (untilSequence <= durable) return resolve();
      waiters.push({ sequence: untilSequence, settle: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  const assertOpen = () => {
    if (failure) throw failure.error;
    if (closing.signal.aborted) throw new MusterError("SERVICE_NOT_READY", "Cannot go on as the service is stopping");
  };

  const renewLease = async () => {
    for (;;) {
      await clock.sleep(leaseMs / 3, closing.signal);
      await journal.renew(partition, epoch);
    }
  };
  const renewing = renewLease().catch((error: unknown) => {
    if (!isAbortError(error)) fail(error);
  });

  return {
    state,
    get durableSequence() {
      return durable;
    },
    nowMs: time.nowMs,
    async execute(decide) {
      assertOpen();
      const timeMs = time.nowMs();
      const { facts, reply } = decide(state, timeMs);
      try {
        for (const fact of facts) {
          sequence += 1;
          evolve(state, fact, { sequence, timeMs });
          queued.push({ sequence, timeMs, fact });
        }
      } catch (error) {
        fail(error); // The state is half changed: nothing may be decided on it any more.
        throw error;
      }
      if (facts.length > 0) wakeAppender();
      await untilDurable(sequence);
      return reply;
    },
    async read(select) {
      assertOpen();
      const value = select(state, time.nowMs());
      await untilDurable(sequence);
      return value;
    },
    onCommitted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      if (closing.signal.aborted) return;
      closing.abort(abortError("The ledger is closing"));
      await renewing;
      await appending;
      if (!failure) await journal.release(partition, epoch);
    },
  };
}
