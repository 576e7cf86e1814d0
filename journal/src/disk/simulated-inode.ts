// The contents of one simulated file: what a process sees, and what a power cut would leave of it.
import type { Random } from "@muster/kit";
import { SECTOR_BYTES } from "./disk.ts";

export interface SimulatedInode {
  /** As a process sees it, in bytes. */
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
  write(offset: number, bytes: Uint8Array): void;
  truncate(size: number): void;
  /** Everything written until now is durable. */
  sync(): void;
  /** A sync that failed: some sectors reached the disk; the machine believes that none is left to write. */
  failSync(random: Random): void;
  /** Back to what is durable, and whatever else had reached the disk by chance. */
  losePower(random: Random): void;
  /** Changes what is stored, behind everybody's back. */
  damage(offset: number, bytes: Uint8Array): void;
}

type Change = { readonly offset: number; readonly bytes: Uint8Array } | { readonly cutTo: number };

/** A file with these contents, durable. */
export function createSimulatedInode(initial: Uint8Array = new Uint8Array(0)): SimulatedInode {
  let seen = createContents(initial);
  const stored = createContents(initial);
  let unsynced: Change[] = [];
  return {
    get size() {
      return seen.size;
    },
    read: (offset, length) => seen.read(offset, length),
    write(offset, bytes) {
      const kept = bytes.slice();
      seen.write(offset, kept);
      unsynced.push({ offset, bytes: kept });
    },
    truncate(size) {
      seen.cut(size);
      unsynced.push({ cutTo: size });
    },
    sync() {
      for (const change of unsynced) apply(stored, change);
      unsynced = [];
    },
    failSync(random) {
      storeSome(stored, unsynced, random);
      unsynced = [];
    },
    losePower(random) {
      const sizeSeen = seen.size;
      storeSome(stored, unsynced, random);
      // The size is noted elsewhere than the contents: the file may be longer than what reached it, and then reads as zeros.
      if (stored.size < sizeSeen && random.fraction() < 0.3) stored.extend(sizeSeen);
      unsynced = [];
      seen = createContents(stored.read(0, stored.size));
    },
    damage(offset, bytes) {
      for (const contents of [seen, stored]) contents.write(offset, bytes.subarray(0, contents.size - offset));
    },
  };
}

function apply(contents: Contents, change: Change): void {
  if ("cutTo" in change) contents.cut(change.cutTo);
  else contents.write(change.offset, change.bytes);
}

/** Some of the changes, as a disk that lost power would have them: none, all, those before one moment, or any sectors. */
function storeSome(stored: Contents, changes: readonly Change[], random: Random): void {
  const fate = random.fraction();
  if (fate < 0.2 || changes.length === 0) return;
  if (fate < 0.35) {
    for (const change of changes) apply(stored, change);
    return;
  }
  const inOrder = fate < 0.65;
  const last = inOrder ? Math.floor(random.fraction() * changes.length) : changes.length;
  for (const [index, change] of changes.entries()) {
    if (index > last) return;
    if ("cutTo" in change) {
      if (inOrder || random.fraction() < 0.5) stored.cut(change.cutTo);
      continue;
    }
    const sectors = sectorsOf(change);
    const reached = index === last ? Math.floor(random.fraction() * (sectors.length + 1)) : sectors.length;
    for (const sector of inOrder ? sectors.slice(0, reached) : sectors) {
      if (inOrder || random.fraction() < 0.5) stored.write(sector.offset, sector.bytes);
    }
  }
}

function sectorsOf({ offset, bytes }: { readonly offset: number; readonly bytes: Uint8Array }) {
  const sectors: { offset: number; bytes: Uint8Array }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Math.min(SECTOR_BYTES - ((offset + at) % SECTOR_BYTES), bytes.length - at);
    sectors.push({ offset: offset + at, bytes: bytes.subarray(at, at + length) });
    at += length;
  }
  return sectors;
}

type Contents = {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
  write(offset: number, bytes: Uint8Array): void;
  cut(size: number): void;
  extend(size: number): void;
};

/** Bytes that grow; what lies beyond the size is zero, so that a gap reads as zeros. */
function createContents(initial: Uint8Array): Contents {
  let size = initial.length;
  let bytes = new Uint8Array(initial);
  const reserve = (needed: number) => {
    if (needed <= bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, bytes.length * 2, 4 * SECTOR_BYTES));
    grown.set(bytes.subarray(0, size));
    bytes = grown;
  };
  return {
    get size() {
      return size;
    },
    read: (offset, length) => bytes.slice(Math.min(offset, size), Math.min(offset + length, size)),
    write(offset, written) {
      if (written.length === 0) return;
      reserve(offset + written.length);
      bytes.set(written, offset);
      size = Math.max(size, offset + written.length);
    },
    cut(newSize) {
      if (newSize > size) reserve(newSize);
      else bytes.fill(0, newSize, size);
      size = newSize;
    },
    extend(newSize) {
      reserve(newSize);
      size = Math.max(size, newSize);
    },
  };
}
