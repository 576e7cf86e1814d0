// The folder of journals and logs: made where it is not there, and then nothing for version control.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "@muster/kit/make-folder";

/** A folder that was there stays as it is: it may be anybody's. */
export async function makeDataFolder(path: string): Promise<void> {
  if (makeFolder(path) !== undefined) await writeFile(join(path, ".gitignore"), "*\n");
}
