// How a service writes its whole state down, so that a restart folds only the facts that came since.

export type SnapshotCodec<State> = {
  /** Names the layout, 1..65,535: a snapshot of another format is refused. */
  readonly format: number;
  /**
   * Captures the state as it is now, cheaply: references to what never changes, copies of what changes in place. The chunks
   * are made from the capture later, one at a time with other work in between: each takes 10 ms at most, and is at most
   * SNAPSHOT_CHUNK_BYTES_MAX.
   */
  capture(state: State): Iterable<Uint8Array>;
  /** The state that was captured. @throws {MusterError} JOURNAL_UNREADABLE if the chunks are damaged. */
  restore(chunks: AsyncIterable<Uint8Array>): Promise<State>;
};
