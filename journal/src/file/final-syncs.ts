// A disk on which a sync that failed is the end: what is durable then is not known, and asking again would only be answered
// with what the machine has forgotten. Even a full disk is no excuse once the write itself had gone through.
import { MusterError } from "@muster/proto";
import type { Disk, DiskFile } from "../disk/disk.ts";

/** `disk`, whose failed syncs reject with JOURNAL_FAILED. */
export function withFinalSyncs(disk: Disk, path: string): Disk {
  const final = async (sync: Promise<void>) => {
    try {
      await sync;
    } catch (cause) {
      throw journalFailed(path, cause);
    }
  };
  return {
    ...disk,
    open: async (name, options) => {
      const file = await disk.open(name, options);
      return { ...file, sync: () => final(file.sync()) } satisfies DiskFile;
    },
    syncNames: () => final(disk.syncNames()),
  };
}

/** JOURNAL_FAILED: nothing more can be promised about what is written. */
export function journalFailed(path: string, cause: unknown): MusterError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MusterError("JOURNAL_FAILED", `Cannot use the journal ${path} any more: ${why}`, {
    metadata: { path },
    cause,
  });
}
