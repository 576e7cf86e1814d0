// The port to a folder of files, as little of it as a journal needs, so that a simulation can stand in its place and do what
// disks do: tear writes, forget what was not synced, flip bits, run full.

export interface Disk {
  /** Names of all files, in any order. */
  list(): Promise<readonly string[]>;
  /**
   * A handle on the file. Errors carry Node's codes: ENOENT if it is not there and is not to be made, EEXIST if it is there
   * and `exclusive` was asked for, ENOSPC.
   */
  open(name: string, options: OpenOptions): Promise<DiskFile>;
  /** In one step; a file that had the name `to` is gone from the names, not from those who have it open. */
  rename(from: string, to: string): Promise<void>;
  /** Handles that are open stay good. */
  remove(name: string): Promise<void>;
  /** Makes the names durable: what was created, renamed and removed until now. Contents are each file's own matter. */
  syncNames(): Promise<void>;
}

export type OpenOptions = {
  readonly create: boolean;
  /** Only if it is not there yet. Default false. */
  readonly exclusive?: boolean;
};

export interface DiskFile extends AsyncDisposable {
  readonly name: string;
  /** In bytes. */
  size(): Promise<number>;
  /** Up to `length` bytes from `offset` on, in a buffer of their own; fewer where the file ends. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Writes all of `bytes`, or rejects; then some of them may be written. ENOSPC: there is no room. */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  truncate(size: number): Promise<void>;
  /** Makes the contents durable. After a rejection what is durable is not known, and no later success says otherwise. */
  sync(): Promise<void>;
}

/** The unit in which a disk writes or does not write. */
export const SECTOR_BYTES = 512;

/** Whether `error` is what a disk says with this code. */
export function isDiskError(error: unknown, code: "ENOENT" | "EEXIST" | "ENOSPC"): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
