// The journal as plain files in one folder: segments of records, a file for each owner, snapshots. What it promises stands on
// the few things that a disk promises, so that a simulated one can try to break it.
import { type Clock, InvariantError, systemClock } from "@muster/kit";
import { MusterError } from "@muster/proto";
import { type Disk, isDiskError } from "./disk/disk.ts";
import { openNodeDisk } from "./disk/node-disk.ts";
import { acquirePartition } from "./file/acquire-partition.ts";
import { epochStale } from "./file/fence.ts";
import { journalFailed, withFinalSyncs } from "./file/final-syncs.ts";
import { checkMarker } from "./file/folder-marker.ts";
import { type PartitionPlace, readLayout } from "./file/layout.ts";
import type { OwnedPartition } from "./file/owned-partition.ts";
import { readPages } from "./file/read-records.ts";
import { findTail } from "./file/read-tail.ts";
import { journalFull } from "./file/segment-writer.ts";
import { openSnapshot } from "./file/snapshot-file.ts";
import type { Journal, Snapshot, StoredSnapshot } from "./journal.ts";

export type FileJournalOptions = {
  /** Whose wall clock leases and gaps are told by. Default: the machine's. */
  readonly clock?: Pick<Clock, "wallMs">;
  /** The disk that the folder is on. Default: the machine's. */
  readonly disk?: Disk;
  /** Of a segment, about, after which the next is begun. Default 8 MiB. */
  readonly segmentBytes?: number;
};

const SEGMENT_BYTES = 8_388_608;

/**
 * The journal in the folder at `path`, made if it is not there. Every call rejects with JOURNAL_FAILED once the disk has failed
 * a write or the journal is closed.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE on first use, if the folder is foreign, of a newer build, or damaged.
 */
export function openFileJournal(path: string, options: FileJournalOptions = {}): Journal {
  const { clock = systemClock, segmentBytes = SEGMENT_BYTES } = options;
  const disk = withFinalSyncs(options.disk ?? openNodeDisk(path), path);
  const settings = { wallMs: () => clock.wallMs(), segmentBytes };
  const owners = new Map<string, OwnedPartition>();
  const everyOwner = new Set<OwnedPartition>();
  let failed: MusterError | undefined;
  let checked: Promise<void> | undefined;

  const placeOf = (partition: string): PartitionPlace => ({ disk, path, partition });
  /** What the disk says, in words of the journal. */
  const translate = (error: unknown): unknown => {
    if (error instanceof InvariantError || error instanceof CallersError) return error;
    if (isDiskError(error, "ENOSPC")) return journalFull(path);
    if (error instanceof MusterError && error.reason !== "JOURNAL_FAILED") return error;
    failed ??= error instanceof MusterError ? error : journalFailed(path, error);
    return failed;
  };
  const attempt = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (failed) throw failed;
    try {
      checked ??= checkMarker(disk, path, { make: true });
      await checked.catch((error: unknown) => {
        checked = undefined; // A full disk may have room later.
        throw error;
      });
      const result = await work();
      if (failed) throw failed; // Another call has found out meanwhile that nothing can be promised.
      return result;
    } catch (error) {
      throw translate(error);
    }
  };
  const asOwner = <Result>(partition: string, epoch: number, work: (owned: OwnedPartition) => Promise<Result>) =>
    attempt(async () => {
      const owned = owners.get(partition);
      if (owned?.epoch === epoch) return await work(owned);
      const { epoch: presentEpoch } = await readLayout(placeOf(partition));
      throw epochStale(partition, epoch, presentEpoch);
    });
  async function* read(partition: string, fromSequence: number) {
    await attempt(async () => undefined);
    const owned = owners.get(partition);
    const pages = readPages(placeOf(partition), { fromSequence, lastSequence: owned?.lastSequence });
    for (;;) {
      const next = await attempt(() => pages.next());
      if (next.done) return;
      for (const { record } of next.value) yield record;
    }
  }

  return {
    acquire: (partition, asked) =>
      attempt(async () => {
        const { ownership, owned } = await acquirePartition(placeOf(partition), asked, settings);
        owners.set(partition, owned);
        everyOwner.add(owned);
        return ownership;
      }),
    renew: (partition, { epoch, timeMs }) => asOwner(partition, epoch, (owned) => owned.renew(timeMs)),
    async release(partition, { epoch, timeMs }) {
      try {
        await asOwner(partition, epoch, (owned) => owned.release(timeMs));
      } catch (error) {
        if (!(error instanceof MusterError && error.reason === "EPOCH_STALE")) throw error;
      }
    },
    append: ({ partition, epoch, afterSequence, records }) =>
      asOwner(partition, epoch, (owned) => owned.append(afterSequence, records)),
    read,
    readSnapshot: (partition) => attempt(() => readSnapshot(placeOf(partition))),
    writeSnapshot: (partition, epoch, { sequence, chunks }) =>
      asOwner(partition, epoch, (owned) => owned.writeSnapshot({ sequence, chunks: ofCaller(chunks) })).catch(
        (error: unknown) => {
          throw error instanceof CallersError ? error.cause : error;
        },
      ),
    compact: (partition, epoch, throughSequence) =>
      asOwner(partition, epoch, (owned) => owned.compact(throughSequence)),
    eraseBodies: (partition, epoch, sequences) => asOwner(partition, epoch, (owned) => owned.eraseBodies(sequences)),
    moveCursor: (partition, epoch, cursor) => asOwner(partition, epoch, (owned) => owned.moveCursor(cursor)),
    removeCursor: (partition, epoch, name) => asOwner(partition, epoch, (owned) => owned.removeCursor(name)),
    readCursors: (partition) => attempt(async () => (await findTail(placeOf(partition), { sync: false })).tail.cursors),
    async [Symbol.asyncDispose]() {
      failed ??= new MusterError("JOURNAL_FAILED", `Cannot use the journal ${path} as it is closed`);
      for (const owned of everyOwner) await owned[Symbol.asyncDispose]();
    },
  };
}

async function readSnapshot(place: PartitionPlace): Promise<StoredSnapshot | undefined> {
  const { disk, path, partition } = place;
  for (;;) {
    const { snapshot } = await readLayout(place);
    if (!snapshot) return undefined;
    try {
      const opened = await openSnapshot(disk, path, { ...snapshot, partition });
      return { sequence: opened.head.sequence, chunks: chunksOf(place, snapshot.name, opened) };
    } catch (error) {
      if ((await readLayout(place)).snapshot?.name === snapshot.name) throw error;
    }
  }
}

async function* chunksOf(
  place: PartitionPlace,
  name: string,
  opened: Awaited<ReturnType<typeof openSnapshot>>,
): AsyncGenerator<Uint8Array> {
  await using snapshot = opened;
  try {
    yield* snapshot.chunks();
  } catch (error) {
    if ((await readLayout(place)).snapshot?.name === name) throw error;
    const { partition } = place;
    throw new MusterError(
      "CURSOR_EXPIRED",
      `Cannot read on in the snapshot of ${partition} at record ${opened.head.sequence} as a newer one took its place`,
    );
  }
}

/** What the caller's own chunks threw: none of the journal's business. */
class CallersError extends Error {
  override readonly name = "CallersError";
}

async function* ofCaller(chunks: Snapshot["chunks"]): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (cause) {
    throw new CallersError("The snapshot's chunks ended early", { cause });
  }
}
