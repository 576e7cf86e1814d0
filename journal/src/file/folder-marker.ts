// The file that says that a folder is a journal, and of which format: without it whatever lies there is somebody else's.
import { type Disk, type DiskFile, isDiskError } from "../disk/disk.ts";
import { MARKER_DRAFT, MARKER_NAME } from "./file-names.ts";
import { removeName } from "./remove-for-good.ts";
import { FILE_FORMAT } from "./sealed-sector.ts";
import { notAJournal } from "./unreadable-folder.ts";

const MARKER_TEXT = `Muster journal, format ${FILE_FORMAT}\n`;

/**
 * Resolves once the folder is known to be a journal of this build; an empty one becomes one unless it is only looked at.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if it is foreign or of a newer build.
 */
export async function checkMarker(disk: Disk, path: string, options: { readonly make: boolean }): Promise<void> {
  const names = await disk.list();
  if (!names.includes(MARKER_NAME)) {
    const foreign = names.filter((name) => !name.startsWith(MARKER_DRAFT));
    if (foreign.length > 0) throw notAJournal(path, `it belongs to another program: there is no ${MARKER_NAME} in it`);
    if (!options.make) throw notAJournal(path, "the folder is empty");
    await makeMarker(disk);
  }
  await using file = await disk.open(MARKER_NAME, { create: false });
  const text = new TextDecoder().decode(await file.read(0, 100));
  if (text === MARKER_TEXT) return;
  const format = Number(/^Muster journal, format (\d+)\n$/.exec(text)?.[1]);
  if (format > FILE_FORMAT) throw notAJournal(path, `it was written by a newer build: it has format ${format}`);
  throw notAJournal(path, `its file ${MARKER_NAME} does not say what it should: "${MARKER_TEXT.trim()}"`);
}

async function makeMarker(disk: Disk): Promise<void> {
  await using draft = await openDraft(disk);
  try {
    await draft.write(0, new TextEncoder().encode(MARKER_TEXT));
    await draft.sync();
    await disk.rename(draft.name, MARKER_NAME);
  } catch (error) {
    await removeName(disk, draft.name).catch(() => undefined); // The error that led here says more.
    throw error;
  }
  await disk.syncNames();
}

/** A draft of our own: under a shared name one process would rename what another has not written yet. */
async function openDraft(disk: Disk): Promise<DiskFile> {
  for (let number = 1; ; number += 1) {
    try {
      return await disk.open(MARKER_DRAFT + number, { create: true, exclusive: true });
    } catch (error) {
      if (!isDiskError(error, "EEXIST")) throw error; // Another process is at it, or was when the power went.
    }
  }
}
