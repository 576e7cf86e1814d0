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
   * Decides on the present state, folds the facts in at once and resolves with the reply after they are durable, all of
   * them or none. `decide` is pure and synchronous; if it throws nothing changes and the call rejects with what it threw.
   * Without facts, reply and refusal wait until everything that the state shows is durable: no answer tells of a change
   * that could still be lost.
   *
   * @throws {MusterError} SERVICE_NOT_READY once the ledger is closed or has lost its journal; facts that were under way
   * then may be durable or not.
   */
  execute<Reply>(decide: (state: State, nowMs: number) => Decision<Fact, Reply>): Promise<Reply>;
  /** A value of the state, given once everything that it shows is durable. */
  read<Value>(select: (state: State, nowMs: number) => Value): Promise<Value>;
  /**
   * Tells of facts in order, after they are durable. Effects, watches and pushes hang on it. Returns how to stop. A
   * listener that throws is a mistake of ours, and fatal.
   */
  onCommitted(listener: (facts: readonly CommittedFact<Fact>[]) => void): () => void;
  /** The fold of all facts, those not durable yet included: for decisions and timers, never for answers. */
  readonly state: State;
  /** Of the last durable fact. */
  readonly durableSequence: number;
  /** Journal time in whole ms: goes on where it stood when the journal was last written. */
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
  /** Folds one fact into the state, which is the ledger's own to change. To fail for a fact that was decided is fatal. */
  readonly evolve: (state: State, fact: Fact, meta: FactMeta) => void;
  readonly codec: {
    encode(fact: Fact): { readonly kind: number; readonly body: Uint8Array };
    decode(kind: number, body: Uint8Array): Fact;
  };
  /**
   * Called once, when nothing more can be acknowledged and the process should stop: another owner has the partition
   * (EPOCH_STALE), the disk failed (JOURNAL_FAILED), or `evolve` or a listener made a mistake.
   */
  readonly onFatal: (error: unknown) => void;
  /** How long the lease stays fresh, in ms. Default 10,000; renewed every third of it. */
  readonly leaseMs?: number;
};

const LEASE_MS_DEFAULT = 10_000;
/** Facts of one append, in whole decisions: bounds the time that one disk write may take. */
const APPEND_FACTS_MAX = 4_096;

/** What one `execute` decided. It is never split over two appends, so that no crash leaves half a decision. */
type Decided<Fact> = { readonly facts: readonly CommittedFact<Fact>[]; readonly records: readonly NewRecord[] };

type Waiter = { readonly sequence: number; readonly settle: (error?: MusterError) => void };

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
  const time = createJournalTime(clock, ownership);

  const state = options.initial();
  let sequence = 0;
  let durable = 0;
  let queue: Decided<Fact>[] = [];
  const waiters: Waiter[] = [];
  let lost: MusterError | undefined;
  let closed = false;
  let appending: Promise<void> | undefined;
  const listeners = new Set<(facts: readonly CommittedFact<Fact>[]) => void>();
  const renewals = new AbortController();

  const fail = (error: unknown) => {
    if (lost) return;
    const why = error instanceof Error ? error.message : String(error);
    lost = new MusterError("SERVICE_NOT_READY", `Cannot answer as ${partition} has lost its journal: ${why}`, {
      cause: error,
    });
    renewals.abort(abortError("The ledger has failed"));
    for (const waiter of waiters.splice(0)) waiter.settle(lost);
    onFatal(error);
  };

  const renewLease = async () => {
    for (;;) {
      await clock.sleep(leaseMs / 3, renewals.signal);
      await journal.renew(partition, { epoch, timeMs: time.nowMs() });
    }
  };
  // From here on, not from the end of the replay: a long one must not outlast the lease.
  const renewing = renewLease().catch((error: unknown) => {
    if (!isAbortError(error)) fail(error);
  });
  const stopRenewing = async () => {
    renewals.abort(abortError("The ledger is closing"));
    await renewing;
  };

  try {
    for await (const record of journal.read(partition, 1)) {
      sequence = record.sequence;
      evolve(state, codec.decode(record.kind, record.body), { sequence, timeMs: record.timeMs });
    }
    if (sequence !== ownership.lastSequence) throw journalEndsEarly(partition, sequence, ownership.lastSequence);
  } catch (error) {
    await stopRenewing();
    await journal.release(partition, { epoch, timeMs: ownership.lastTimeMs }).catch(() => undefined);
    throw error;
  }
  durable = sequence;

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
  const settleDurable = () => {
    let settled = 0;
    while (settled < waiters.length && (waiters[settled] as Waiter).sequence <= durable) settled += 1;
    for (const waiter of waiters.splice(0, settled)) waiter.settle();
  };
  const tell = (facts: readonly CommittedFact<Fact>[]) => {
    try {
      for (const listener of listeners) listener(facts);
    } catch (error) {
      fail(error); // At once: an effect was missed, and whoever was just answered must get nothing more from us.
    }
  };
  const appendQueued = async () => {
    while (queue.length > 0 && !lost) {
      const { facts, records } = takeBatch();
      await journal.append({ partition, epoch, afterSequence: durable, records });
      if (lost) return; // The lease was lost meanwhile: whoever waited has been told already.
      durable += facts.length;
      settleDurable();
      tell(facts);
    }
  };
  const wakeAppender = () => {
    // On a later microtask, so that callers of the same turn share one write.
    appending ??= Promise.resolve()
      .then(appendQueued)
      .catch(fail)
      .finally(() => {
        appending = undefined;
        if (queue.length > 0 && !lost) wakeAppender();
      });
  };
  const untilDurable = (untilSequence: number) =>
    new Promise<void>((resolve, reject) => {
      if (lost) return reject(lost);
      if (untilSequence <= durable) return resolve();
      waiters.push({ sequence: untilSequence, settle: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  const fold = (facts: readonly Fact[], records: readonly NewRecord[], timeMs: number) => {
    const committed: CommittedFact<Fact>[] = [];
    try {
      for (const fact of facts) {
        sequence += 1;
        evolve(state, fact, { sequence, timeMs });
        committed.push({ sequence, timeMs, fact });
      }
    } catch (error) {
      return fail(error); // The state is half changed: nothing may be decided on it any more.
    }
    queue.push({ facts: committed, records });
    wakeAppender();
  };

  const execute: Ledger<State, Fact>["execute"] = async (decide) => {
    if (lost) throw lost;
    if (closed) throw new MusterError("SERVICE_NOT_READY", `Cannot answer as ${partition} is closed`);
    const timeMs = time.nowMs();
    let decision: ReturnType<typeof decide>;
    let records: readonly NewRecord[];
    try {
      decision = decide(state, timeMs);
      // Before the fold, which may change what the facts hold, and which could not be undone if a fact has no encoding.
      records = decision.facts.map((fact): NewRecord => ({ timeMs, ...codec.encode(fact) }));
    } catch (refusal) {
      await untilDurable(sequence);
      throw refusal;
    }
    if (decision.facts.length > 0) fold(decision.facts, records, timeMs);
    await untilDurable(sequence);
    return decision.reply;
  };

  return {
    state,
    get durableSequence() {
      return durable;
    },
    nowMs: time.nowMs,
    execute,
    read: (select) => execute((present, nowMs) => ({ facts: [], reply: select(present, nowMs) })),
    onCommitted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      while (appending) await appending;
      await stopRenewing();
      if (!lost) await journal.release(partition, { epoch, timeMs: time.nowMs() });
    },
  };
}

function journalEndsEarly(partition: string, readSequence: number, lastSequence: number): MusterError {
  return new MusterError(
    "JOURNAL_UNREADABLE",
    `Cannot read ${partition} to its end at record ${lastSequence}: nothing follows record ${readSequence}`,
    { metadata: { partition } },
  );
}
