// The segment that an owner writes to: one frame at a time, whole or not at all.
import { MusterError } from "@muster/proto";
import { isDiskError } from "../disk/disk.ts";
import type { PartitionPlace } from "./layout.ts";
import { createSegment, type SegmentHeader } from "./segment.ts";

export interface SegmentWriter extends AsyncDisposable {
  readonly name: string;
  readonly firstSequence: number;
  /** In bytes. */
  readonly size: number;
  /** Durable when resolved. JOURNAL_FULL: there was no room, and nothing of it is left, not after a crash either. */
  put(frame: Uint8Array): Promise<void>;
}

/** A new segment that continues the chain. Rejects with ENOSPC if there is no room for it; nothing of it is left then. */
export async function beginSegment(
  { disk, path, partition }: PartitionPlace,
  header: Omit<SegmentHeader, "cursorBytes">,
  cursors: ReadonlyMap<string, number>,
): Promise<SegmentWriter> {
  const { name, file, size: startBytes } = await createSegment(disk, partition, header, cursors);
  let size = startBytes;
  return {
    name,
    firstSequence: header.firstSequence,
    get size() {
      return size;
    },
    async put(frame) {
      try {
        await file.write(size, frame);
      } catch (error) {
        if (!isDiskError(error, "ENOSPC")) throw error;
        // Durably, so that no later power cut mixes what was written of it with what comes in its place.
        await file.truncate(size);
        await file.sync();
        throw journalFull(path);
      }
      await file.sync();
      size += frame.length;
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

export function journalFull(path: string): MusterError {
  return new MusterError("JOURNAL_FULL", `Cannot write the journal ${path} as the disk is full`, {
    metadata: { path },
  });
}
