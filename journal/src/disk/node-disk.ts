// A folder of the machine as a Disk.
import { constants, type Dirent } from "node:fs";
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { makeFolder } from "@muster/kit/make-folder";
import type { Disk, DiskFile } from "./disk.ts";

/** Only the user who runs the service: the records hold what its players are known by. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export type NodeDiskOptions = {
  /** Files are opened for reading only, the folder is not made, and writes are refused by the machine. Default false. */
  readonly readOnly?: boolean;
};

/** The folder at `path`. Unless it is for reading only, the folder is made, and durably so, before it is first used. */
export function openNodeDisk(path: string, options: NodeDiskOptions = {}): Disk {
  const { readOnly = false } = options;
  let made: Promise<void> | undefined;
  const folder = () => {
    if (readOnly) return Promise.resolve();
    made ??= makeDurableFolder(path);
    return made;
  };
  return {
    async list() {
      await folder();
      return (await readdir(path, { withFileTypes: true })).filter((entry: Dirent) => entry.isFile()).map(nameOf);
    },
    async open(name, { create, exclusive = false }) {
      await folder();
      const access = readOnly ? constants.O_RDONLY : constants.O_RDWR;
      const make = create ? constants.O_CREAT | (exclusive ? constants.O_EXCL : 0) : 0;
      return nodeFile(name, await open(join(path, name), access | make, FILE_MODE));
    },
    async rename(from, to) {
      await rename(join(path, from), join(path, to));
    },
    async remove(name) {
      await rm(join(path, name));
    },
    async syncNames() {
      await syncFolder(path);
    },
  };
}

function nodeFile(name: string, handle: FileHandle): DiskFile {
  return {
    name,
    async size() {
      return (await handle.stat()).size;
    },
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled === length ? bytes : bytes.slice(0, filled);
    },
    async write(offset, bytes) {
      let written = 0;
      while (written < bytes.length) {
        const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, offset + written);
        written += bytesWritten;
      }
    },
    truncate: (size) => handle.truncate(size),
    // Without the times of the file, which nobody reads; a new size is made durable all the same.
    sync: () => handle.datasync(),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

function nameOf(entry: Dirent): string {
  return entry.name;
}

async function makeDurableFolder(path: string): Promise<void> {
  const firstMade = makeFolder(path, FOLDER_MODE);
  if (firstMade === undefined) return;
  // A new folder is durable only once the one around it is: from the inner one out.
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === dirname(firstMade) || folder === dirname(folder)) return;
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return; // A folder cannot be opened there, and its entries are journaled.
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
