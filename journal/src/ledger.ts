// The runner of a pure core on a partition of the journal: decide on the present state, fold the facts in at once, make
// them durable together with everybody else's, then answer. What a service acknowledges, pushes or acts upon passes here.
import { type Clock, invariant } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { type CommittedFact, createCommitQueue } from "./commit-queue.ts";
import type { Cursor, Journal, NewRecord } from "./journal.ts";
import { createJournalTime } from "./journal-time.ts";
import { cursorExpired } from "./kept-range.ts";
import { keepLease, unlessNoRoom } from "./lease.ts";
import { type Replayed, replay } from "./replay.ts";
import { createSnapshotter, type SnapshotOptions } from "./snapshotter.ts";

export type Decision<Fact, Reply> = { readonly facts: readonly Fact[]; readonly reply: Reply };

/** Of one decision of many: what it answers is asked right after its facts were folded. */
export type DecisionOfMany<Fact, Reply> = { readonly facts: readonly Fact[]; readonly show: () => Reply };

/** What one decision of many came to: its reply, or what it threw. */
export type Outcome<Reply> = { readonly reply: Reply } | { readonly refusal: unknown };

export type FactMeta = { readonly sequence: number; readonly timeMs: number };

export type ExecuteOptions = {
  /**
   * The service decides by itself, for nobody who could try again: a full disk does not refuse it. It is folded in at once
   * and becomes durable when there is room. Default false.
   */
  readonly internal?: boolean;
};

export interface Ledger<State, Fact> extends AsyncDisposable {
  /**
   * Decides on the present state, folds the facts in at once and resolves with the reply after they are durable, all of
   * them or none. `decide` is pure and synchronous; if it throws nothing changes and the call rejects with what it threw.
   * Without facts, reply and refusal wait until everything that the state shows is durable: no answer tells of a change
   * that could still be lost.
   *
   * @throws {MusterError} SERVICE_NOT_READY once the ledger is closed or has lost its journal; facts that were under way
   * then may be durable or not. JOURNAL_FULL while the disk has no room: nothing is decided.
   */
  execute<Reply>(
    decide: (state: State, nowMs: number) => Decision<Fact, Reply>,
    options?: ExecuteOptions,
  ): Promise<Reply>;
  /**
   * As `execute` of each decision, one after the other, each on the state that those before it left: one that throws changes nothing and
   * is the refusal of its place. All are answered together, when everything that they show is durable.
   *
   * @throws {MusterError} as `execute`; JOURNAL_FULL: none is decided.
   */
  executeEach<Reply>(
    decisions: readonly ((state: State, nowMs: number) => DecisionOfMany<Fact, Reply>)[],
  ): Promise<readonly Outcome<Reply>[]>;
  /** A value of the state, given once everything that it shows is durable. @throws {MusterError} as `execute`. */
  read<Value>(select: (state: State, nowMs: number) => Value): Promise<Value>;
  /**
   * Tells of facts in order, after they are durable. Effects, watches and pushes hang on it. Returns how to stop. A
   * listener that throws is a mistake of ours, and fatal.
   */
  onCommitted(listener: (facts: readonly CommittedFact<Fact>[]) => void): () => void;
  /**
   * The durable facts from `fromSequence` on, without those that were erased.
   *
   * @throws {MusterError} CURSOR_EXPIRED if some of them are not kept any more, JOURNAL_UNREADABLE.
   */
  readFacts(fromSequence: number): AsyncIterable<CommittedFact<Fact>>;
  /** As the journal's. Facts that a cursor has not passed are kept. */
  moveCursor(cursor: Cursor): Promise<void>;
  removeCursor(name: string): Promise<void>;
  readCursors(): Promise<ReadonlyMap<string, number>>;
  /**
   * Erases what the journal still keeps of the facts that `concerns` picks, and answers how many they were. The state comes
   * first: what it still holds of them stays, in a snapshot that is taken now.
   *
   * @throws {MusterError} JOURNAL_FULL: nothing, or some of it, is erased.
   */
  eraseFacts(concerns: (fact: Fact) => boolean): Promise<number>;
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
  /** What the lease, and tries after a full disk, go by where `clock` does not go as the machine's does. Default: `clock`. */
  readonly machineClock?: Clock;
  /** The state before any fact. */
  readonly initial: () => State;
  /** Folds one fact into the state, which is the ledger's own to change. To fail for a fact that was decided is fatal. */
  readonly evolve: (state: State, fact: Fact, meta: FactMeta) => void;
  readonly codec: {
    encode(fact: Fact): { readonly kind: number; readonly body: Uint8Array };
    decode(kind: number, body: Uint8Array): Fact;
  };
  /** Default: the journal keeps everything, and a restart folds all of it. */
  readonly snapshots?: SnapshotOptions<State>;
  /**
   * Called once, when nothing more can be acknowledged and the process should stop: another owner has the partition
   * (EPOCH_STALE), the disk failed (JOURNAL_FAILED), or `evolve`, a listener or the snapshots' codec made a mistake.
   */
  readonly onFatal: (error: unknown) => void;
  /** The disk has no room, and nothing is acknowledged; or it has some again, and everything that waited is durable. */
  readonly onDisk?: (state: "full" | "writable") => void;
  /** How long the lease stays fresh, in ms. Default 10,000; renewed every third of it. */
  readonly leaseMs?: number;
};

const LEASE_MS_DEFAULT = 10_000;
/** Bodies erased in one go: bounds what is held in memory of a long journal. */
const ERASE_FACTS_MAX = 10_000;

/**
 * Takes the partition over, reads the newest snapshot, folds the records that came since, and serves.
 *
 * @throws {MusterError} PARTITION_OWNED, JOURNAL_UNREADABLE, JOURNAL_FULL.
 */
export async function openLedger<State, Fact>(options: LedgerOptions<State, Fact>): Promise<Ledger<State, Fact>> {
  const { journal, partition, owner, takeOver = false, clock, evolve, codec, onFatal } = options;
  const leaseMs = options.leaseMs ?? LEASE_MS_DEFAULT;
  const machineClock = options.machineClock ?? clock;
  const acquiredMs = machineClock.nowMs();
  const ownership = await journal.acquire(partition, { owner, takeOver, leaseMs });
  const { epoch } = ownership;
  const time = createJournalTime(clock, ownership);
  const listeners = new Set<(facts: readonly CommittedFact<Fact>[]) => void>();
  let closed = false;
  let isLost = false;

  const fail = (error: unknown) => {
    if (queue.failure) return;
    isLost = true;
    const why = error instanceof Error ? error.message : String(error);
    queue.fail(
      new MusterError("SERVICE_NOT_READY", `Cannot answer as ${partition} has lost its journal: ${why}`, {
        cause: error,
      }),
    );
    void lease.stop();
    onFatal(error);
  };
  const tell = (facts: readonly CommittedFact<Fact>[]) => {
    try {
      for (const listener of listeners) listener(facts);
    } catch (error) {
      fail(error); // At once: an effect was missed, and whoever was just answered must get nothing more from us.
    }
  };
  const queue = createCommitQueue<Fact>({
    journal,
    partition,
    epoch,
    clock: machineClock,
    durableSequence: ownership.lastSequence,
    onDurable(facts) {
      tell(facts);
      snapshotter?.advance(queue.durableSequence);
    },
    onDisk: options.onDisk ?? (() => undefined),
    onFailure: fail,
  });

  // From here on, not from the end of the replay: a long one must not outlast the lease.
  const lease = keepLease({
    ...{ journal, partition, epoch, leaseMs, clock: machineClock },
    acquiredMs,
    timeMs: time.nowMs,
    onLost: fail,
  });

  let replayed: Replayed<State>;
  try {
    replayed = await replay(options, ownership);
  } catch (error) {
    await lease.stop();
    await journal.release(partition, { epoch, timeMs: ownership.lastTimeMs }).catch(() => undefined);
    throw error;
  }
  const { state, snapshotSequence } = replayed;
  let sequence = ownership.lastSequence;
  const snapshotter =
    options.snapshots &&
    createSnapshotter({
      ...options.snapshots,
      journal,
      partition,
      epoch,
      clock: machineClock,
      state,
      snapshotSequence,
      stateSequence: () => sequence,
      untilDurable: queue.untilDurable,
      onFailure: fail,
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
  };
  const refuseUnlessOpen = () => {
    if (queue.failure) throw queue.failure;
    if (closed) throw new MusterError("SERVICE_NOT_READY", `Cannot answer as ${partition} is closed`);
  };
  /**
   * Nothing of what the state shows at `shownSequence` can be lost, nor be out of date: past the lease another owner may have
   * decided more, and only the journal can tell. An append tells by itself.
   */
  const untilTrue = async (shownSequence: number) => {
    await queue.untilDurable(shownSequence);
    if (lease.isFresh) return;
    await lease.confirm().catch((error: unknown) => {
      if (isLoss(error)) fail(error);
      throw queue.failure ?? error;
    });
  };
  const refuseUnlessWritable = () => {
    refuseUnlessOpen();
    if (!queue.isDiskFull) return;
    throw new MusterError("JOURNAL_FULL", `Cannot answer for ${partition} as its disk has no room`);
  };
  /** Decides and folds. @throws what `decide` throws, with nothing changed. */
  const settle = <Made extends { readonly facts: readonly Fact[] }>(
    decide: (state: State, nowMs: number) => Made,
    timeMs: number,
  ): Made => {
    const decision = decide(state, timeMs);
    // Before the fold, which may change what the facts hold, and which could not be undone if a fact has no encoding.
    const records = decision.facts.map((fact): NewRecord => {
      const { kind, body } = codec.encode(fact);
      return { timeMs, kind, body };
    });
    if (records.length > 0) fold(decision.facts, records, timeMs);
    return decision;
  };
  /** All that was decided is durable; what was only looked at is true. */
  const untilAnswerable = (hasDecided: boolean) => (hasDecided ? queue.untilDurable(sequence) : untilTrue(sequence));
  const execute: Ledger<State, Fact>["execute"] = async (decide, { internal = false } = {}) => {
    if (internal) refuseUnlessOpen();
    else refuseUnlessWritable();
    let decision: ReturnType<typeof decide>;
    try {
      decision = settle(decide, time.nowMs());
    } catch (refusal) {
      await untilTrue(sequence);
      throw refusal;
    }
    await untilAnswerable(decision.facts.length > 0);
    return decision.reply;
  };
  const executeEach: Ledger<State, Fact>["executeEach"] = async <Reply>(
    decisions: readonly ((state: State, nowMs: number) => DecisionOfMany<Fact, Reply>)[],
  ) => {
    refuseUnlessWritable();
    const timeMs = time.nowMs();
    const before = sequence;
    const outcomes = decisions.map((decide): Outcome<Reply> => {
      try {
        if (queue.failure) throw queue.failure; // The one before it could not be folded.
        return { reply: settle(decide, timeMs).show() };
      } catch (refusal) {
        return { refusal };
      }
    });
    await untilAnswerable(sequence > before);
    return outcomes;
  };
  /** What the journal answers; that it is lost is fatal here as it is for an append. */
  const write = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    refuseUnlessOpen();
    try {
      return await work();
    } catch (error) {
      if (isLoss(error)) fail(error);
      throw error;
    }
  };
  async function* readFacts(fromSequence: number): AsyncGenerator<CommittedFact<Fact>> {
    const through = queue.durableSequence;
    let next = fromSequence;
    for await (const record of journal.read(partition, fromSequence)) {
      if (record.sequence !== next) throw cursorExpired(partition, next - 1, record.sequence);
      next += 1;
      if (record.erased) continue;
      yield { sequence: record.sequence, timeMs: record.timeMs, fact: codec.decode(record.kind, record.body) };
    }
    if (next <= through) throw cursorExpired(partition, next - 1, through + 1);
  }
  const eraseFacts = async (concerns: (fact: Fact) => boolean) => {
    invariant(snapshotter, "Facts can be erased only where snapshots stand in for them");
    const through = await snapshotter.take();
    let erased = 0;
    let sequences: number[] = [];
    const eraseFound = async () => {
      await journal.eraseBodies(partition, epoch, sequences);
      erased += sequences.length;
      sequences = [];
    };
    let next = 1;
    const scan = async () => {
      for await (const record of journal.read(partition, next)) {
        if (record.sequence > through) return;
        next = record.sequence + 1;
        if (record.erased || !concerns(codec.decode(record.kind, record.body))) continue;
        sequences.push(record.sequence);
        if (sequences.length === ERASE_FACTS_MAX) await eraseFound();
      }
    };
    // What the next snapshot's compaction forgets meanwhile needs no erasing: the scan goes on after it.
    for (let isWhole = false; !isWhole; ) isWhole = await scan().then(() => true, isOvertaken);
    await eraseFound(); // Even of nothing: what was forgotten lately is overwritten with it.
    return erased;
  };

  return {
    state,
    get durableSequence() {
      return queue.durableSequence;
    },
    nowMs: time.nowMs,
    execute,
    executeEach,
    read: (select) => execute((present, nowMs) => ({ facts: [], reply: select(present, nowMs) })),
    onCommitted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    readFacts,
    moveCursor: (cursor) => write(() => journal.moveCursor(partition, epoch, cursor)),
    removeCursor: (name) => write(() => journal.removeCursor(partition, epoch, name)),
    readCursors: () => journal.readCursors(partition),
    eraseFacts: (concerns) => write(() => eraseFacts(concerns)),
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      await queue.close();
      if (!queue.failure) await snapshotter?.close();
      await lease.stop();
      if (!isLost) await journal.release(partition, { epoch, timeMs: time.nowMs() }).catch(unlessNoRoom);
    },
  };
}

/** False if `error` says that a compaction has overtaken a reader. @throws `error` if it is another one. */
function isOvertaken(error: unknown): false {
  if (error instanceof MusterError && error.reason === "CURSOR_EXPIRED") return false;
  throw error;
}

/** Whether no later write can succeed. */
function isLoss(error: unknown): boolean {
  return error instanceof MusterError && (error.reason === "EPOCH_STALE" || error.reason === "JOURNAL_FAILED");
}
