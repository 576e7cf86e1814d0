// The file by which an owner claims an epoch: made exclusively, so that no two have one number, and written by nobody else, so
// that a successor never has to wonder who wrote what. Beside the claim it holds what the owner notes in passing, each in
// sectors of its own, overwritten in place: that needs no room on a full disk.
//
//   sector  holds
//        0  the claim
//        1  the mark: how far records were acknowledged. Not synced: it survives kill -9, and is old after a power cut
//      2,3  the lease, in turn, so that a torn write leaves the one before
//      4,5  the base: where the kept records start, and the hash that the first of them carries; in turn as well
import type { MusterError } from "@muster/proto";
import { type Disk, type DiskFile, SECTOR_BYTES } from "../disk/disk.ts";
import { type EpochName, epochName } from "./file-names.ts";
import { openSector, sealSector } from "./sealed-sector.ts";
import { unreadableFile } from "./unreadable-folder.ts";

export type Claim = { readonly partition: string; readonly epoch: number; readonly owner: string };
/** How far records were acknowledged, and when the last of them was, by journal time and wall clock, in ms. */
export type Mark = { readonly sequence: number; readonly timeMs: number; readonly wallMs: number };
/** Wall-clock ms until when the owner is believed to live; the journal time that it told last, and when it did. */
export type Lease = {
  readonly released: boolean;
  readonly untilMs: number;
  readonly leaseMs: number;
  readonly timeMs: number;
  readonly wallMs: number;
};
/** The oldest record that is kept, and the hash of the one before it, in hexadecimal. */
export type Base = { readonly firstSequence: number; readonly previousHash: string };

/** What is read of one. Undefined: it was never written. */
export type EpochFile = {
  readonly claim: Claim;
  readonly mark: Mark | undefined;
  readonly lease: Lease | undefined;
  readonly base: Base | undefined;
};

/** The owner's own. Each note goes where the one before it of its kind does not stand. */
export interface ClaimedEpoch extends AsyncDisposable {
  /** Not synced. */
  noteMark(mark: Mark): Promise<void>;
  /** Durable when resolved. */
  noteLease(lease: Lease): Promise<void>;
  /** Durable when resolved. */
  noteBase(base: Base): Promise<void>;
}

const MARK_AT = 1;
const LEASES_AT = 2;
const BASES_AT = 4;
const SECTORS = 6;

type Turn<Value> = { readonly turn: number } & Value;

/** Claims `epoch`, durable when resolved. Rejects with EEXIST if another owner has it. */
export async function claimEpoch(disk: Disk, claim: Claim, lease: Lease): Promise<ClaimedEpoch> {
  const name = epochName(claim.partition, claim.epoch);
  const file = await disk.open(name, { create: true, exclusive: true });
  try {
    const bytes = new Uint8Array(SECTORS * SECTOR_BYTES);
    bytes.set(sealSector(claim), 0);
    bytes.set(sealSector({ turn: 0, ...lease }), LEASES_AT * SECTOR_BYTES);
    await file.write(0, bytes);
    await file.sync();
    await disk.syncNames();
  } catch (error) {
    await file[Symbol.asyncDispose]();
    await disk.remove(name).catch(() => undefined); // The error that led here says more.
    throw error;
  }
  return claimedEpoch(file);
}

function claimedEpoch(file: DiskFile): ClaimedEpoch {
  let leaseTurn = 0;
  let baseTurn = 0;
  const put = (sector: number, value: unknown) => file.write(sector * SECTOR_BYTES, sealSector(value));
  return {
    noteMark: (mark) => put(MARK_AT, mark),
    async noteLease(lease) {
      leaseTurn += 1;
      await put(LEASES_AT + (leaseTurn % 2), { turn: leaseTurn, ...lease });
      await file.sync();
    },
    async noteBase(base) {
      baseTurn += 1;
      await put(BASES_AT + (baseTurn % 2), { turn: baseTurn, ...base });
      await file.sync();
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

/** Called with each piece of damage; may throw it. */
export type OnProblem = (problem: MusterError) => void;

/**
 * What an epoch's file holds; undefined if its claim was never finished. What is damaged is given to `onProblem`, and read as
 * if it had never been written.
 */
export async function readEpochFile(
  disk: Disk,
  { path, partition, name, epoch }: EpochName & { readonly path: string; readonly partition: string },
  onProblem: OnProblem,
): Promise<EpochFile | undefined> {
  await using file = await disk.open(name, { create: false });
  const bytes = await file.read(0, SECTORS * SECTOR_BYTES);
  const problem = (why: string) => onProblem(unreadableFile(path, name, why));
  const sealed = (sector: number) => {
    const found = openSector(bytes, sector * SECTOR_BYTES);
    if (found.state === "newer") problem(`it is of a newer build: it has format ${found.format}`);
    return found;
  };
  const valueAt = <Value>(sector: number, what: string): Value | undefined => {
    const found = sealed(sector);
    if (found.state === "damaged") problem(`its ${what} is damaged`);
    return found.state === "sealed" ? (found.value as Value) : undefined;
  };
  const newestOf = <Value>(first: number, what: string): Value | undefined => {
    const slots = [sealed(first), sealed(first + 1)];
    const values = slots.flatMap((slot) => (slot.state === "sealed" ? [slot.value as Turn<Value>] : []));
    // One that is torn leaves the one before; both cannot be.
    if (values.length === 0 && slots.some((slot) => slot.state === "damaged")) problem(`its ${what} is damaged`);
    return values.toSorted((a, b) => b.turn - a.turn)[0];
  };
  // All of it is written before anything stands on it: one that is shorter met a full disk, or the end of whoever wrote it.
  if (bytes.length < SECTORS * SECTOR_BYTES || openSector(bytes).state === "blank") return undefined;
  return {
    claim: valueAt<Claim>(0, "claim") ?? { partition, epoch, owner: "unknown" },
    mark: valueAt<Mark>(MARK_AT, "mark"),
    lease: newestOf<Lease>(LEASES_AT, "lease"),
    base: newestOf<Base>(BASES_AT, "base"),
  };
}
