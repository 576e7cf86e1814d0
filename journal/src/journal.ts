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
  /** Of the last record. 0: there is none. */
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

export type Snapshot = { readonly sequence: number; readonly bytes: Uint8Array };

export interface Journal extends AsyncDisposable {
  /**
   * Makes the caller the partition's owner; the epoch rises. A partition that nobody had is made.
   *
   * @throws {MusterError} PARTITION_OWNED while another living owner's lease is fresh, unless told to take over.
   */
  acquire(partition: string, options: AcquireOptions): Promise<Ownership>;
  /** Keeps the lease fresh and notes the time. @throws {MusterError} EPOCH_STALE once another owner has taken over. */
  renew(partition: string, owner: OwnerTime): Promise<void>;
  /** Gives the partition back, so that the next owner need not wait for the lease. No effect once another has taken over. */
  release(partition: string, owner: OwnerTime): Promise<void>;
  /**
   * Durable when resolved; all records or none.
   *
   * @throws {MusterError} EPOCH_STALE after a takeover, SEQUENCE_CONFLICT if the journal does not end at `afterSequence`.
   */
  append(request: AppendRequest): Promise<void>;
  /**
   * Durable records from `fromSequence` on, to the end as it is when the reader gets there.
   *
   * @throws {MusterError} JOURNAL_UNREADABLE on damage.
   */
  read(partition: string, fromSequence: number): AsyncIterable<StoredRecord>;
  /** The newest snapshot, or undefined. */
  readSnapshot(partition: string): Promise<Snapshot | undefined>;
  /** Durable when resolved. Fenced like an append. */
  writeSnapshot(partition: string, epoch: number, snapshot: Snapshot): Promise<void>;
}
