// What a power cut can leave at the end of the last segment, told apart from damage: a write that was cut off ends with the
// file, or lacks whole sectors, and nothing was written after it. Everything else that cannot be read was readable once.
import { SECTOR_BYTES } from "../disk/disk.ts";
import { FRAME_HEADER_BYTES, findFrame, frameBytes, isWholeFrame, readFrameHeader } from "./frame.ts";
import { isZero } from "./sealed-sector.ts";

/**
 * Why the bytes from `offset` of a file to its end, which did not begin with a whole frame, cannot be a torn write; undefined
 * if they can.
 */
export function whyNotTorn(rest: Buffer, offset: number): string | undefined {
  if (isZero(rest)) return undefined;
  const header = readFrameHeader(rest, 0);
  if (!header) {
    // A header that is cut off by the end of the file, or one of whose sectors never arrived.
    const isCut = rest.length < FRAME_HEADER_BYTES;
    if (!isCut && !lacksSector(rest.subarray(0, FRAME_HEADER_BYTES), offset)) return "it is damaged";
    return findFrame(rest, 1) === undefined ? undefined : "it is damaged, and intact ones follow it";
  }
  const endsAt = frameBytes(header);
  if (rest.length < endsAt) return undefined;
  if (isWholeFrame(rest.subarray(0, endsAt), header)) return undefined; // Its owner wrote it since we looked.
  if (!isZero(rest.subarray(endsAt))) return "it is damaged, and something follows it";
  return lacksSector(rest.subarray(0, endsAt), offset) ? undefined : "it is damaged";
}

/** Whether some sector's part of `bytes`, which stand at `offset` of a file, is nothing but zeros. */
function lacksSector(bytes: Buffer, offset: number): boolean {
  for (let at = 0; at < bytes.length; ) {
    const end = at + SECTOR_BYTES - ((offset + at) % SECTOR_BYTES);
    if (isZero(bytes.subarray(at, end))) return true;
    at = end;
  }
  return false;
}
