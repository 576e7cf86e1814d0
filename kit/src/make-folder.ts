// Folders made with all that lead to them. Node's own way (`recursive`) tries for ever where a folder that is there takes no others, as
// /proc does, and no signal but SIGKILL ends it. `@muster/kit/make-folder`.
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes the folder at `path` and those that lead to it, with the rights `mode` (default 0o777, less what the process masks); no effect if
 * it is there. The outermost that it made; undefined: none.
 *
 * @throws the system's error, with `code`, `syscall` and `path`: EEXIST for a file in the way.
 */
export function makeFolder(path: string, mode = 0o777): string | undefined {
  const missing: string[] = [];
  let folder = resolve(path);
  while (!existsSync(folder) && folder !== dirname(folder)) {
    missing.unshift(folder);
    folder = dirname(folder);
  }
  if (missing.length === 0 && !isFolder(folder)) makeOne(folder, mode);
  return missing.filter((one) => makeOne(one, mode))[0];
}

/** Whether it was not there before. */
function makeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    // Somebody else made it meanwhile, or what leads to it may not be looked at.
    if (isFolder(path)) return false;
    throw error;
  }
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
