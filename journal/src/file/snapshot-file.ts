// A snapshot as a file: a sealed sector that says of what, then its chunks, each with a checksum that goes on from the one
// before, so that none can be missing, doubled or out of place, and an end that says how many there were. It is written as a
// draft and renamed when it is durable, so that a snapshot is whole or not there.
//
//   offset  bytes  field, of each chunk
//        0      4  length; all ones: the end, whose chunk is the count
//        4      4  CRC-32 of the bytes, going on from that of the chunk before
//        8      …  bytes
import { crc32 } from "node:zlib";
import { invariant } from "@muster/kit";
import { type Disk, type DiskFile, SECTOR_BYTES } from "../disk/disk.ts";
import { SNAPSHOT_CHUNK_BYTES_MAX } from "../journal.ts";
import { type SnapshotName, snapshotName } from "./file-names.ts";
import { openSector, sealSector } from "./sealed-sector.ts";
import { unreadableFile } from "./unreadable-folder.ts";

const CHUNK_HEAD_BYTES = 8;
const COUNT_BYTES = 8;
const END = 0xffff_ffff;

export type SnapshotHead = { readonly partition: string; readonly epoch: number; readonly sequence: number };

/** A draft under way. */
export interface SnapshotDraft extends AsyncDisposable {
  add(chunk: Uint8Array): Promise<void>;
  /** Writes the end; all of it is durable when resolved, and still a draft. */
  finish(): Promise<void>;
}

/** Begins a draft of this name, over any that is there. */
export async function beginSnapshot(disk: Disk, name: string, head: SnapshotHead): Promise<SnapshotDraft> {
  const file = await disk.open(name, { create: true });
  let offset = SECTOR_BYTES;
  let count = 0;
  let checksum = 0;
  const put = async (length: number, bytes: Uint8Array) => {
    const chunk = Buffer.alloc(CHUNK_HEAD_BYTES + bytes.length);
    checksum = crc32(bytes, checksum);
    chunk.writeUInt32LE(length, 0);
    chunk.writeUInt32LE(checksum, 4);
    chunk.set(bytes, CHUNK_HEAD_BYTES);
    await file.write(offset, chunk);
    offset += chunk.length;
  };
  try {
    await file.truncate(0);
    await file.write(0, sealSector(head));
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
  return {
    async add(bytes) {
      invariant(bytes.length <= SNAPSHOT_CHUNK_BYTES_MAX, "A snapshot's chunk is at most SNAPSHOT_CHUNK_BYTES_MAX");
      count += 1;
      await put(bytes.length, bytes);
    },
    async finish() {
      const end = Buffer.alloc(COUNT_BYTES);
      end.writeDoubleLE(count, 0);
      await put(END, end);
      await file.sync();
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

export type OpenSnapshot = AsyncDisposable & { readonly head: SnapshotHead; chunks(): AsyncGenerator<Uint8Array> };

/**
 * A snapshot to be read.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if its head is damaged; the chunks throw the same where they are.
 */
export async function openSnapshot(
  disk: Disk,
  path: string,
  place: SnapshotName & { partition: string },
): Promise<OpenSnapshot> {
  const file = await disk.open(place.name, { create: false });
  try {
    const head = readHead(path, place, await file.read(0, SECTOR_BYTES));
    return { head, chunks: () => readChunks(file, path), [Symbol.asyncDispose]: () => file[Symbol.asyncDispose]() };
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
}

function readHead(path: string, place: SnapshotName & { partition: string }, bytes: Uint8Array): SnapshotHead {
  const sector = openSector(bytes);
  if (sector.state === "newer") {
    throw unreadableFile(path, place.name, `it is of a newer build: it has format ${sector.format}`);
  }
  if (sector.state !== "sealed") throw unreadableFile(path, place.name, "its head is damaged");
  const head = sector.value as SnapshotHead;
  if (head.epoch !== place.epoch || head.partition !== place.partition) {
    const { name } = place;
    throw unreadableFile(path, name, `it is a snapshot of ${head.partition}, by the owner of epoch ${head.epoch}`);
  }
  return head;
}

async function* readChunks(file: DiskFile, path: string): AsyncGenerator<Uint8Array> {
  const damaged = (count: number) => unreadableFile(path, file.name, `its chunk ${count} is damaged`);
  let offset = SECTOR_BYTES;
  let checksum = 0;
  for (let count = 0; ; count += 1) {
    const head = Buffer.from(await file.read(offset, CHUNK_HEAD_BYTES));
    if (head.length < CHUNK_HEAD_BYTES) throw damaged(count);
    const length = head.readUInt32LE(0);
    const isEnd = length === END;
    if (!isEnd && length > SNAPSHOT_CHUNK_BYTES_MAX) throw damaged(count);
    const bytes = await file.read(offset + CHUNK_HEAD_BYTES, isEnd ? COUNT_BYTES : length);
    checksum = crc32(bytes, checksum);
    if (bytes.length !== (isEnd ? COUNT_BYTES : length) || checksum !== head.readUInt32LE(4)) throw damaged(count);
    if (isEnd) {
      if (Buffer.from(bytes).readDoubleLE(0) !== count) throw damaged(count);
      return;
    }
    yield bytes;
    offset += CHUNK_HEAD_BYTES + length;
  }
}

/** The name that the next snapshot of this owner gets: above all that there are. */
export function nextSnapshotName(partition: string, epoch: number, present: readonly SnapshotName[]): string {
  return snapshotName(partition, { epoch, number: Math.max(0, ...present.map(({ number }) => number)) + 1 });
}
