// A piece of the log as a file: a header that places it in the chain, then frames. Only the last segment is written to, and
// only by its owner.
import { invariant } from "@muster/kit";
import { type Disk, type DiskFile, SECTOR_BYTES } from "../disk/disk.ts";
import { type SegmentName, segmentName } from "./file-names.ts";
import {
  type CursorMove,
  encodeFrame,
  FRAME_HEADER_BYTES,
  type FrameHeader,
  frameBytes,
  isWholeFrame,
  readFrameHeader,
} from "./frame.ts";
import type { PartitionPlace } from "./layout.ts";
import { isZero, openSector, sealSector } from "./sealed-sector.ts";
import { whyNotTorn } from "./torn-tail.ts";
import { unreadableFile } from "./unreadable-folder.ts";

/** What comes before a segment: the chain's last hash, and the time of the record that has it. */
export type SegmentHeader = {
  readonly epoch: number;
  readonly firstSequence: number;
  readonly previousHash: Uint8Array;
  readonly previousTimeMs: number;
  /** Of the frame right after the header, which holds all cursors as they are. 0: there are none. */
  readonly cursorBytes: number;
};

export type OpenSegment = AsyncDisposable & {
  readonly name: string;
  readonly file: DiskFile;
  readonly header: SegmentHeader;
  /** Where the frames start. */
  readonly framesAt: number;
};

export type PlacedFrame = {
  readonly header: FrameHeader;
  /** The whole frame. */
  readonly bytes: Buffer;
  readonly offset: number;
  readonly endOffset: number;
};

type HeaderValue = Omit<SegmentHeader, "previousHash"> & { readonly previousHash: string };

const WINDOW_BYTES = 262_144;

/** A header and the cursors as one block: what a segment starts with. */
export function encodeSegmentStart(
  header: Omit<SegmentHeader, "cursorBytes">,
  cursors: ReadonlyMap<string, number>,
): Buffer {
  const moves: readonly CursorMove[] = [...cursors].map(([name, sequence]) => ({ name, sequence }));
  const { epoch, firstSequence } = header;
  const frame =
    moves.length === 0 ? Buffer.alloc(0) : encodeFrame({ epoch, firstSequence, count: 0, records: [], moves });
  const value: HeaderValue = {
    ...header,
    previousHash: Buffer.from(header.previousHash).toString("hex"),
    cursorBytes: frame.length,
  };
  return Buffer.concat([sealSector(value), frame]);
}

/**
 * Makes the segment of a new owner, or the next of one; its start is durable when resolved. If that fails nothing of it is
 * left.
 */
export async function createSegment(
  disk: Disk,
  partition: string,
  header: Omit<SegmentHeader, "cursorBytes">,
  cursors: ReadonlyMap<string, number>,
): Promise<OpenSegment & { readonly size: number }> {
  const start = encodeSegmentStart(header, cursors);
  const name = segmentName(partition, { ...header, writer: header.epoch, rewriting: 0 });
  const file = await disk.open(name, { create: true, exclusive: true });
  try {
    await file.write(0, start);
    await file.sync();
    await disk.syncNames();
  } catch (error) {
    await file[Symbol.asyncDispose]();
    await disk.remove(name).catch(() => undefined); // The error that led here says more.
    throw error;
  }
  const cursorBytes = start.length - SECTOR_BYTES;
  return {
    ...{ name, file, header: { ...header, cursorBytes }, framesAt: SECTOR_BYTES, size: start.length },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

/**
 * A segment to be read; undefined if it was never begun: a power cut came before its start was durable, hence before anything
 * in it was acknowledged.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if its header is damaged or of a newer build.
 */
export async function openSegment(
  { disk, path }: PartitionPlace,
  segment: SegmentName,
): Promise<OpenSegment | undefined> {
  const file = await disk.open(segment.name, { create: false });
  try {
    const header = await readHeader(path, file, segment);
    if (header) {
      const { name } = segment;
      return { name, file, header, framesAt: SECTOR_BYTES, [Symbol.asyncDispose]: () => file[Symbol.asyncDispose]() };
    }
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw error;
  }
  await file[Symbol.asyncDispose]();
  return undefined;
}

async function readHeader(path: string, file: DiskFile, place: SegmentName): Promise<SegmentHeader | undefined> {
  const bytes = await file.read(0, SECTOR_BYTES);
  const refuse = (why: string) => unreadableFile(path, file.name, why);
  const sector = openSector(bytes);
  if (sector.state === "blank" || bytes.length < SECTOR_BYTES) {
    const rest = Buffer.from(await file.read(SECTOR_BYTES, await file.size()));
    // The cursors may have reached the disk before the header did; records are written only after both.
    const frame = readFrameHeader(rest, 0);
    const isUnborn = frame
      ? frame.count === 0 && isZero(rest.subarray(frameBytes(frame)))
      : whyNotTorn(rest, SECTOR_BYTES) === undefined;
    if (isUnborn) return undefined;
    throw refuse("its header is gone, though records follow it");
  }
  if (sector.state === "newer") throw refuse(`it is of a newer build: it has format ${sector.format}`);
  if (sector.state === "damaged") throw refuse("its header is damaged");
  const { previousHash, ...value } = sector.value as HeaderValue;
  if (value.epoch !== place.epoch || value.firstSequence !== place.firstSequence) {
    throw refuse(`it is that of epoch ${value.epoch} from record ${value.firstSequence} on`);
  }
  const header: SegmentHeader = { ...value, previousHash: Buffer.from(previousHash, "hex") };
  return (await hasCursors(refuse, file, header)) ? header : undefined;
}

/** False if the frame of cursors did not reach the disk, and so the segment was never begun. */
async function hasCursors(
  refuse: (why: string) => Error,
  file: DiskFile,
  { cursorBytes }: SegmentHeader,
): Promise<boolean> {
  if (cursorBytes === 0) return true;
  const bytes = Buffer.from(await file.read(SECTOR_BYTES, cursorBytes));
  const frame = readFrameHeader(bytes, 0);
  if (frame && isWholeFrame(bytes, frame)) return true;
  const rest = Buffer.from(await file.read(SECTOR_BYTES, await file.size()));
  const why = whyNotTorn(rest, SECTOR_BYTES);
  if (why !== undefined) throw refuse(`the cursors at its start cannot be read: ${why}`);
  return false;
}

/**
 * The whole frames from `offset` on, up to the first that is not. Of those whose records all come before `neededSequence` only
 * the header is looked at.
 */
export async function* walkFrames(file: DiskFile, offset: number, neededSequence = 0): AsyncGenerator<PlacedFrame> {
  let window = Buffer.alloc(0);
  let windowAt = offset;
  let at = offset;
  const load = async (bytes: number) => {
    if (at + bytes <= windowAt + window.length) return;
    window = Buffer.from(await file.read(at, Math.max(bytes, WINDOW_BYTES)));
    windowAt = at;
  };
  for (;;) {
    await load(FRAME_HEADER_BYTES);
    const header = readFrameHeader(window, at - windowAt);
    if (!header) return;
    const endOffset = at + frameBytes(header);
    if (endOffset > (await sizeKnown(file, endOffset, windowAt + window.length))) return;
    await load(frameBytes(header));
    const bytes = window.subarray(at - windowAt, endOffset - windowAt);
    const isNeeded = header.firstSequence + header.count > neededSequence;
    if (isNeeded && !isWholeFrame(bytes, header)) return;
    yield { header, bytes, offset: at, endOffset };
    at = endOffset;
  }
}

/** At least `loaded`; asks the disk only if that is not enough, so that a damaged length never asks for memory. */
async function sizeKnown(file: DiskFile, needed: number, loaded: number): Promise<number> {
  return needed <= loaded ? loaded : await file.size();
}

/** Why what follows the last whole frame, at `offset`, is damage and not a torn write; undefined if it is none. */
export async function whyTailDamaged(file: DiskFile, offset: number): Promise<string | undefined> {
  const size = await file.size();
  invariant(offset <= size || size === 0, "Whole frames end within their file");
  return whyNotTorn(Buffer.from(await file.read(offset, Math.max(size - offset, 0))), offset);
}
