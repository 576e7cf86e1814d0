// Removes what earlier runs left in a data folder, file by file by the names that we give: the folder may be anybody's, such
// as ".", and what else is in it stays.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

const OURS: readonly { readonly folder: string; readonly files: RegExp }[] = [
  { folder: "matcher", files: /^matcher\.sqlite/ },
  { folder: "fleet", files: /^fleet\.sqlite/ },
  { folder: join("fleet", "processes"), files: /^proc_[a-z0-9]+\.log(?:\.json)?$/ },
  { folder: "logs", files: /^[a-z0-9-]+\.log$/ },
];

/** Journals and logs of earlier runs are gone afterwards; nothing else is. */
export async function forgetData(dataFolder: string): Promise<void> {
  for (const { folder, files } of OURS) {
    const path = join(dataFolder, folder);
    for (const name of await namesIn(path)) if (files.test(name)) await rm(join(path, name));
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
