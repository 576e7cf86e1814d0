// What is removed is overwritten first: bodies hold what players are known by, and a name that is gone leaves its bytes on
// the disk.
import { type Disk, type DiskFile, isDiskError } from "../disk/disk.ts";

const STEP_BYTES = 262_144;

/** Removes the name. No effect if it is not there. */
export async function removeName(disk: Disk, name: string): Promise<void> {
  try {
    await disk.remove(name);
  } catch (error) {
    if (!isDiskError(error, "ENOENT")) throw error; // Somebody else who tidies up was faster.
  }
}

/** Overwrites the file with zeros, durably, and removes its name. No effect if it is not there. */
export async function removeForGood(disk: Disk, name: string): Promise<void> {
  try {
    await using file = await disk.open(name, { create: false });
    await overwrite(file);
    await disk.remove(name);
  } catch (error) {
    if (!isDiskError(error, "ENOENT")) throw error; // As above.
  }
}

async function overwrite(file: DiskFile): Promise<void> {
  const size = await file.size();
  const zeros = new Uint8Array(Math.min(size, STEP_BYTES));
  for (let at = 0; at < size; at += STEP_BYTES)
    await file.write(at, zeros.subarray(0, Math.min(STEP_BYTES, size - at)));
  await file.sync();
}
