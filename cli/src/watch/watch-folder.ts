// Watches the files of a folder and of those in it, one watch a folder, so that what is ignored costs nothing: node_modules alone has
// thousands.
import { type FSWatcher, watch } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** A tree with more is not what somebody's server is made of. */
const FOLDERS_MAX = 5_000;

export type FolderWatch = {
  readonly folder: string;
  /** Files and folders that are none of its business. */
  readonly isLeftOut: (path: string) => boolean;
  /** The file at that path was made, written or removed. */
  readonly onChange: (path: string) => void;
  /** Something is not watched, and why, in one sentence. */
  readonly onProblem: (why: string) => void;
};

/** Watches until it is disposed of. Resolves when every folder that is there now is watched. */
export async function watchFolder({ folder, isLeftOut, onChange, onProblem }: FolderWatch): Promise<Disposable> {
  const watchers = new Map<string, FSWatcher>();
  let isClosed = false;
  const forget = (path: string) => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };
  /** `isNew`: its files are news. */
  const add = async (path: string, isNew: boolean): Promise<void> => {
    if (isClosed || watchers.has(path) || isLeftOut(path)) return;
    if (watchers.size >= FOLDERS_MAX) {
      return onProblem(
        `Cannot watch ${path} as at most ${FOLDERS_MAX} folders are watched: leave some out by --watch-ignore`,
      );
    }
    try {
      const watcher = watch(path, (_, name) => void look(path, name));
      watcher.on("error", () => forget(path)); // Windows tells so that the folder is gone.
      watchers.set(path, watcher);
      for (const entry of await readdir(path, { withFileTypes: true })) {
        const inside = join(path, entry.name);
        if (entry.isDirectory()) await add(inside, isNew);
        else if (isNew && !isLeftOut(inside)) onChange(inside);
      }
    } catch (error) {
      forget(path);
      if (isGone(error)) return;
      onProblem(`Cannot watch ${path} as the system allows it: ${hintOf(error)}`);
    }
  };
  const look = async (parent: string, name: string | null): Promise<void> => {
    const path = name === null ? parent : join(parent, name);
    if (isClosed || isLeftOut(path)) return;
    try {
      await readdir(path);
      // A folder: new, or something about it that is no file.
      if (!watchers.has(path)) await add(path, true);
    } catch (error) {
      if (!isGone(error) && !hasCode(error, "ENOTDIR")) return onProblem(`Cannot look at ${path}: ${hintOf(error)}`);
      forget(path);
      if (!isClosed) onChange(path);
    }
  };

  await add(folder, false);
  return {
    [Symbol.dispose]() {
      isClosed = true;
      for (const path of [...watchers.keys()]) forget(path);
    },
  };
}

function isGone(error: unknown): boolean {
  return hasCode(error, "ENOENT");
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function hintOf(error: unknown): string {
  if (hasCode(error, "ENOSPC"))
    return "no watches are left: raise fs.inotify.max_user_watches, or leave folders out by --watch-ignore";
  if (hasCode(error, "EMFILE")) return "too many files are open: leave folders out by --watch-ignore";
  return error instanceof Error ? error.message : String(error);
}
