// Whether an owner still is one. A successor claims its epoch before it looks where the records end: an owner who finds no
// higher claim after its own sync knows that the successor, if there is to be one, will find what was synced.
import { MusterError } from "@muster/proto";
import { highestEpoch } from "./file-names.ts";
import type { PartitionPlace } from "./layout.ts";

export interface Fence {
  /** @throws {MusterError} EPOCH_STALE once a higher epoch has been claimed. */
  check(): Promise<void>;
  /** What `work` does; whatever it fails with once the owner is none is EPOCH_STALE: its successor tidies up under its hands. */
  guard<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** The fence of the owner of `epoch`. */
export function createFence({ disk, partition }: PartitionPlace, epoch: number): Fence {
  const check = async () => {
    const highest = highestEpoch(partition, await disk.list());
    if (highest > epoch) throw epochStale(partition, epoch, highest);
  };
  return {
    check,
    async guard(work) {
      try {
        return await work();
      } catch (error) {
        const highest = highestEpoch(partition, await disk.list().catch(() => [])); // The error that led here says more.
        throw highest > epoch ? epochStale(partition, epoch, highest) : error;
      }
    },
  };
}

/** What an owner gets who was replaced, or has given the partition back. */
export function epochStale(partition: string, epoch: number, presentEpoch: number): MusterError {
  return new MusterError(
    "EPOCH_STALE",
    `Cannot write ${partition} as epoch ${epoch}: ` +
      (presentEpoch === epoch ? "its owner has given it back" : `it is at epoch ${presentEpoch}`),
  );
}
