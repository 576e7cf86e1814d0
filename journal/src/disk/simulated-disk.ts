// A disk for simulations: only what was synced is sure to survive a power cut, and everything that disks do to those who
// trust them can be done to it, from a seed.
import type { Clock, Random } from "@muster/kit";
import { type Disk, type DiskFile, isDiskError, SECTOR_BYTES } from "./disk.ts";
import { createSimulatedInode, type SimulatedInode } from "./simulated-inode.ts";

export type DiskOperation =
  | "list"
  | "open"
  | "rename"
  | "remove"
  | "syncNames"
  | "size"
  | "read"
  | "write"
  | "truncate"
  | "sync";

export type SimulatedDiskOptions = {
  /** Decides what a power cut leaves, and where within its delay an operation takes effect. */
  readonly random: Random;
  /** Whose time operations take. Without it they take none. */
  readonly clock?: Pick<Clock, "sleep">;
  /** How long one operation takes, in ms. Default: no time. */
  readonly delayMs?: (operation: DiskOperation) => number;
  /** Room for the contents of all files. Default: no limit. */
  readonly capacityBytes?: number;
  /** What is on it from the start, durable. Default: nothing. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
};

/** The disk as one process has it. */
export interface MountedDisk extends Disk {
  /** The process dies: what it wrote stays, what is under way takes effect or not, and it gets nothing but rejections. */
  kill(): void;
}

export interface SimulatedDisk {
  /** For one process. Several may have it at a time, as an owner and a zombie do. */
  mount(): MountedDisk;
  /** Kills all who have it mounted, and forgets what was not synced but for a random part of it. */
  powerCut(): void;
  setCapacity(bytes: number): void;
  /** While broken every sync rejects with EIO, and what it was to make durable may be or not. */
  breakSyncs(broken: boolean): void;
  /** Every operation waits, without an answer, until the returned function is called. */
  stall(): () => void;
  /** Turns one bit of what is stored. */
  flipBit(name: string, bit: number): void;
  /** Puts zeros in place of the 4 KiB page at this number. */
  zeroPage(name: string, page: number): void;
  /** The contents of all files as a process sees them, copied. */
  files(): ReadonlyMap<string, Uint8Array>;
}

const PAGE_BYTES = 4096;

type NameChange = { readonly apply: (names: Map<string, SimulatedInode>) => void };
type Process = { alive: boolean; readonly underWay: Set<() => void> };

/** A disk that holds `files`. */
export function createSimulatedDisk(options: SimulatedDiskOptions): SimulatedDisk {
  const { random, clock, delayMs } = options;
  let capacityBytes = options.capacityBytes ?? Number.POSITIVE_INFINITY;
  let syncsFail = false;
  let stalled: PromiseWithResolvers<void> | undefined;
  const processes = new Set<Process>();
  let names = new Map<string, SimulatedInode>();
  for (const [name, bytes] of options.files ?? []) names.set(name, createSimulatedInode(bytes));
  let durableNames = new Map(names);
  let unsyncedNames: NameChange[] = [];

  const changeNames = (change: NameChange["apply"]) => {
    change(names);
    unsyncedNames.push({ apply: change });
  };
  const inodeOf = (name: string): SimulatedInode => {
    const inode = names.get(name);
    if (!inode) throw diskError("ENOENT", `no such file, "${name}"`);
    return inode;
  };
  const roomFor = (inode: SimulatedInode, size: number): number => {
    if (capacityBytes === Number.POSITIVE_INFINITY || size <= inode.size) return size;
    let used = 0;
    for (const one of names.values()) used += one.size;
    return Math.max(inode.size, Math.min(size, inode.size + capacityBytes - used));
  };
  const write = (inode: SimulatedInode, offset: number, bytes: Uint8Array) => {
    const fits = Math.max(roomFor(inode, offset + bytes.length) - offset, 0);
    if (fits > 0) inode.write(offset, bytes.subarray(0, fits));
    if (fits < bytes.length) throw diskError("ENOSPC", "no space left on device");
  };
  const sync = (work: { readonly done: () => void; readonly failed: () => void }) => {
    if (!syncsFail) return work.done();
    work.failed();
    throw diskError("EIO", "i/o error");
  };

  const mount = (): MountedDisk => {
    const process: Process = { alive: true, underWay: new Set() };
    processes.add(process);
    const checkAlive = () => {
      if (!process.alive) throw diskError("ESHUTDOWN", "the process that asked is dead");
    };
    // Takes its time partly before it takes effect and partly after, so that others may come in between at both places.
    const operate = async <Result>(operation: DiskOperation, work: () => Result, half?: () => void) => {
      checkAlive();
      if (half) process.underWay.add(half);
      try {
        const delay = clock && delayMs ? delayMs(operation) : 0;
        const before = delay > 0 ? random.fraction() * delay : 0;
        if (before > 0) await clock?.sleep(before);
        while (stalled) await stalled.promise;
        checkAlive();
        if (half) process.underWay.delete(half);
        const result = work();
        if (delay > 0) await clock?.sleep(delay - before);
        checkAlive();
        return result;
      } finally {
        if (half) process.underWay.delete(half);
      }
    };
    const fileOf = (name: string, inode: SimulatedInode): DiskFile => ({
      name,
      size: () => operate("size", () => inode.size),
      read: (offset, length) => operate("read", () => inode.read(offset, length)),
      write(offset, bytes) {
        const half = () =>
          write(inode, offset, bytes.subarray(0, wholeSectors(random.fraction() * bytes.length, offset)));
        return operate("write", () => write(inode, offset, bytes), half);
      },
      truncate: (size) => operate("truncate", () => inode.truncate(size)),
      sync: () => operate("sync", () => sync({ done: inode.sync, failed: () => inode.failSync(random) })),
      [Symbol.asyncDispose]: async () => undefined,
    });
    const openNow = (name: string, create: boolean, exclusive: boolean): DiskFile => {
      const found = names.get(name);
      if (found && create && exclusive) throw diskError("EEXIST", `file already exists, "${name}"`);
      if (found || !create) return fileOf(name, inodeOf(name));
      const inode = createSimulatedInode();
      changeNames((all) => all.set(name, inode));
      return fileOf(name, inode);
    };
    return {
      list: () => operate("list", () => [...names.keys()]),
      open: (name, { create, exclusive = false }) => operate("open", () => openNow(name, create, exclusive)),
      rename: (from, to) =>
        operate("rename", () => {
          const inode = inodeOf(from);
          changeNames((all) => {
            // After a power cut that lost where the file came from there is nothing to rename.
            if (all.get(from) !== inode) return;
            all.delete(from);
            all.set(to, inode);
          });
        }),
      remove: (name) =>
        operate("remove", () => {
          const inode = inodeOf(name);
          changeNames((all) => all.get(name) === inode && all.delete(name));
        }),
      syncNames: () =>
        operate("syncNames", () =>
          sync({
            done: () => {
              durableNames = new Map(names);
              unsyncedNames = [];
            },
            failed: () => undefined,
          }),
        ),
      kill() {
        process.alive = false;
        processes.delete(process);
        for (const half of process.underWay) if (random.fraction() < 0.5) attempt(half);
        process.underWay.clear();
      },
    };
  };

  return {
    mount,
    powerCut() {
      for (const process of processes) process.alive = false;
      processes.clear();
      const before = new Set([...names.values(), ...durableNames.values()]);
      for (const { apply } of unsyncedNames) if (random.fraction() < 0.5) apply(durableNames);
      names = new Map(durableNames);
      unsyncedNames = [];
      for (const inode of before) inode.losePower(random);
    },
    setCapacity(bytes) {
      capacityBytes = bytes;
    },
    breakSyncs(broken) {
      syncsFail = broken;
    },
    stall() {
      stalled = Promise.withResolvers();
      const { resolve } = stalled;
      return () => {
        stalled = undefined;
        resolve();
      };
    },
    flipBit(name, bit) {
      const offset = Math.floor(bit / 8);
      const [byte = 0] = inodeOf(name).read(offset, 1);
      inodeOf(name).damage(offset, Uint8Array.of(byte ^ (1 << (bit % 8))));
    },
    zeroPage(name, page) {
      inodeOf(name).damage(page * PAGE_BYTES, new Uint8Array(PAGE_BYTES));
    },
    files: () => new Map([...names].map(([name, inode]) => [name, inode.read(0, inode.size)])),
  };
}

/** How many of so many bytes from `offset` on reach to a sector's border: a kernel that copies them stops at no other place. */
function wholeSectors(bytes: number, offset: number): number {
  const end = offset + bytes;
  return Math.max(end - (end % SECTOR_BYTES) - offset, 0);
}

/** What a dying process had under way may meet a full disk: nobody is left to hear of it. */
function attempt(half: () => void): void {
  try {
    half();
  } catch (error) {
    if (!isDiskError(error, "ENOSPC")) throw error;
  }
}

function diskError(code: string, why: string): Error {
  return Object.assign(new Error(`${code}: ${why}`), { code });
}
