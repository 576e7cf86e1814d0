// An owner's lease on its partition: renewed for as long as the owner runs, and asked for where an answer is given without
// writing, because whoever was paused for longer than the lease may have been replaced and not know it.
import { abortError, type Clock, isAbortError } from "@muster/kit";
import { isNoRoom } from "./commit-queue.ts";
import type { Journal } from "./journal.ts";

export interface Lease {
  /** While it is, nobody takes over unasked. */
  readonly isFresh: boolean;
  /**
   * Resolves once the lease has been renewed: until then nobody had taken over.
   *
   * @throws {MusterError} EPOCH_STALE once another has taken over; JOURNAL_FULL if the disk has no room to tell.
   */
  confirm(): Promise<void>;
  /** No renewal follows; resolves when the last one is over. */
  stop(): Promise<void>;
}

export type LeaseOptions = {
  readonly journal: Journal;
  readonly partition: string;
  readonly epoch: number;
  readonly leaseMs: number;
  readonly clock: Clock;
  /** By the clock, before the partition was acquired. */
  readonly acquiredMs: number;
  /** Journal time, noted with each renewal. */
  readonly timeMs: () => number;
  /** Called once if a renewal failed for good. */
  readonly onLost: (error: unknown) => void;
};

/** Renews every third of the lease from now on, until it is stopped or lost. */
export function keepLease(options: LeaseOptions): Lease {
  const { journal, partition, epoch, leaseMs, clock, timeMs, onLost } = options;
  const stopping = new AbortController();
  let confirmedMs = options.acquiredMs;
  let renewing: Promise<void> | undefined;

  const renew = () => {
    const sinceMs = clock.nowMs();
    renewing ??= journal
      .renew(partition, { epoch, timeMs: timeMs() })
      .then(() => {
        confirmedMs = sinceMs;
      })
      .finally(() => {
        renewing = undefined;
      });
    return renewing;
  };
  const keep = async () => {
    for (;;) {
      await clock.sleep(leaseMs / 3, stopping.signal);
      await renew().catch(unlessNoRoom);
    }
  };
  const kept = keep().catch((error: unknown) => {
    if (!isAbortError(error)) onLost(error);
  });

  return {
    get isFresh() {
      return clock.nowMs() - confirmedMs < leaseMs;
    },
    confirm: renew,
    async stop() {
      stopping.abort(abortError("The lease is not kept any more"));
      await kept;
    },
  };
}

/** A lease goes on without being written: whoever would take over finds no room either. @throws `error` if it is another. */
export function unlessNoRoom(error: unknown): void {
  if (!isNoRoom(error)) throw error;
}
