// The port of the durable log (ARCHITECTURE.md, "How a service is built"): partitions of numbered records, each with one
// owner at a time whose epoch every append proves.

export type NewRecord = {
  /** Journal time at which it was decided, in ms. */
  readonly timeMs: number;
  /** What the body is; the caller's codec knows. 0..65,535. */
  readonly kind: number;
  readonly body: Uint8Array;
};

export type StoredRecord = NewRecord & {
  /** 1, 2, 3 … within the partition, without a gap. */
  readonly sequence: number;
  /** Of the owner who appended it. */
  readonly epoch: number;
  /** Its body was erased, and is empty now; the chain still proves that the record was there. */
  readonly erased: boolean;
};

export type AcquireOptions = {
  /** Who asks: host, process number and start of the process, so that a dead owner on the same machine is known to be dead. */
  readonly owner: string;
  /** Take over from an owner whose lease is fresh. Default false. */
  readonly takeOver?: boolean;
  /** How long the lease stays fresh without renewal, in ms. Default 10,000. */
  readonly leaseMs?: number;
};

export type Ownership = {
  /** One more than any owner before had. */
  readonly epoch: number;
  /** Of the oldest record that is kept. `lastSequence + 1`: none is. */
  readonly firstSequence: number;
  /** Of the last record, kept or not. 0: there never was any. */
  readonly lastSequence: number;
  /** The latest journal time that the journal knows of, from a record or a renewal, in ms. 0: nobody wrote any. */
  readonly lastTimeMs: number;
  /** Wall-clock ms at which it was written. 0: nobody wrote any. */
  readonly lastWallMs: number;
};

/** An owner's proof, and the journal time by its clock: what the next owner's clock goes on from. */
export type OwnerTime = { readonly epoch: number; readonly timeMs: number };

export type AppendRequest = {
  readonly partition: string;
  readonly epoch: number;
  /** The sequence of the record before the first of these. */
  readonly afterSequence: number;
  readonly records: readonly NewRecord[];
};

/** Bytes of a snapshot's chunk at most: no write and no message between threads is long. */
export const SNAPSHOT_CHUNK_BYTES_MAX = 1_048_576;

export type Snapshot = {
  /** Of the last record that it holds. */
  readonly sequence: number;
  /** Each of at most SNAPSHOT_CHUNK_BYTES_MAX. */
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
};

/** A snapshot as it is read, chunk by chunk. */
export type StoredSnapshot = { readonly sequence: number; readonly chunks: AsyncIterable<Uint8Array> };

/** A durable place in the partition of one reader. */
export type Cursor = {
  /** Of the reader. */
  readonly name: string;
  /** Of the last record that it has dealt with. */
  readonly sequence: number;
};

/** Every write proves its epoch, and rejects with EPOCH_STALE once another owner has taken over. */
export interface Journal extends AsyncDisposable {
  /**
   * Makes the caller the partition's owner; the epoch rises. A partition that nobody had is made.
   *
   * @throws {MusterError} PARTITION_OWNED while another living owner's lease is fresh, unless told to take over.
   * JOURNAL_UNREADABLE if records are missing that had been acknowledged.
   */
  acquire(partition: string, options: AcquireOptions): Promise<Ownership>;
  /** Keeps the lease fresh and notes the time. @throws {MusterError} EPOCH_STALE. */
  renew(partition: string, owner: OwnerTime): Promise<void>;
  /** Gives the partition back, so that the next owner need not wait for the lease. No effect once another has taken over. */
  release(partition: string, owner: OwnerTime): Promise<void>;
  /**
   * Durable when resolved; all records or none. Several may be under way: each is judged as if those before it had ended.
   *
   * @throws {MusterError} EPOCH_STALE after a takeover, SEQUENCE_CONFLICT if the journal does not end at `afterSequence`,
   * JOURNAL_FULL while the disk has no room for it: nothing of it is kept, and the same append may succeed later.
   */
  append(request: AppendRequest): Promise<void>;
  /**
   * Durable records from `fromSequence` on, or from the oldest that is kept, to the end as it is when the reader gets there.
   *
   * @throws {MusterError} JOURNAL_UNREADABLE on damage, CURSOR_EXPIRED if a compaction overtakes a slow reader.
   */
  read(partition: string, fromSequence: number): AsyncIterable<StoredRecord>;
  /**
   * The newest snapshot, or undefined.
   *
   * @throws {MusterError} JOURNAL_UNREADABLE on damage, here or from the chunks; CURSOR_EXPIRED from the chunks if a newer
   * one has taken its place meanwhile.
   */
  readSnapshot(partition: string): Promise<StoredSnapshot | undefined>;
  /**
   * Durable when resolved. The former one stands until all chunks of this one are durable; then this one takes its place in
   * one step.
   *
   * @throws {MusterError} EPOCH_STALE, JOURNAL_FULL; SEQUENCE_CONFLICT if it is of a record that was not appended, or older
   * than the present one.
   */
  writeSnapshot(partition: string, epoch: number, snapshot: Snapshot): Promise<void>;
  /**
   * Forgets records up to `throughSequence`, but none that the newest snapshot does not hold, nor any that a cursor has not
   * passed. In small steps, with appends between them. Resolves with the sequence of the oldest record that is kept.
   *
   * @throws {MusterError} EPOCH_STALE, JOURNAL_FULL.
   */
  compact(partition: string, epoch: number, throughSequence: number): Promise<number>;
  /**
   * Replaces the bodies of these records by nothing: overwritten where they are stored, while the chain stands. Records that
   * are not there are passed over. A repeat erases what a former call left over.
   *
   * @throws {MusterError} EPOCH_STALE, JOURNAL_FULL.
   */
  eraseBodies(partition: string, epoch: number, sequences: readonly number[]): Promise<void>;
  /**
   * Notes how far a reader has come, durable when resolved; makes the cursor if it is new. Compaction waits for the slowest.
   *
   * @throws {MusterError} EPOCH_STALE, JOURNAL_FULL; CURSOR_EXPIRED if records after it are not kept any more,
   * SEQUENCE_CONFLICT if it is past the end.
   */
  moveCursor(partition: string, epoch: number, cursor: Cursor): Promise<void>;
  /** Compaction no longer waits for this reader. @throws {MusterError} EPOCH_STALE, JOURNAL_FULL. */
  removeCursor(partition: string, epoch: number, name: string): Promise<void>;
  /** The sequence of the last record that each reader has dealt with, by the reader's name. */
  readCursors(partition: string): Promise<ReadonlyMap<string, number>>;
}
