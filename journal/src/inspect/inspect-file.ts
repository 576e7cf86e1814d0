// The files of a journal's folder, looked at.
import { join } from "node:path";
import { MusterError } from "@muster/proto";
import { openNodeDisk } from "../disk/node-disk.ts";
import { listPartitions } from "../file/file-names.ts";
import { checkMarker } from "../file/folder-marker.ts";
import { isWholeFrame, movesOf } from "../file/frame.ts";
import { type Layout, type PartitionPlace, readLayout } from "../file/layout.ts";
import { readPages } from "../file/read-records.ts";
import { openSegment, walkFrames } from "../file/segment.ts";
import { type OpenSnapshot, openSnapshot } from "../file/snapshot-file.ts";
import type { StoredSnapshot } from "../journal.ts";
import { isOwnerGone } from "../owner.ts";
import type { InspectedJournal, InspectedPartition } from "./inspected-journal.ts";

/** @throws {MusterError} JOURNAL_UNREADABLE if the folder is foreign or of a newer build. */
export async function inspectFileJournal(path: string): Promise<InspectedJournal> {
  const disk = openNodeDisk(path, { readOnly: true });
  await checkMarker(disk, path, { make: false });
  const partitions: InspectedPartition[] = [];
  for (const partition of listPartitions(await disk.list())) partitions.push(await inspect({ disk, path, partition }));
  return {
    ...{ kind: "file", path, partitions, beside: [""] },
    files: async () => (await disk.list()).map((name) => join(path, name)),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function inspect(place: PartitionPlace): Promise<InspectedPartition> {
  const problems: string[] = [];
  const layout = await readWithoutGaps(place, (error) => problems.push(error.message));
  const { claim, lease } = layout.claims.at(-1) ?? {};
  const isHeld = claim && lease && !lease.released && !isOwnerGone(claim.owner);
  return {
    name: place.partition,
    epoch: layout.epoch,
    holder: isHeld ? { owner: claim.owner, untilMs: lease.untilMs } : undefined,
    firstSequence: layout.base.firstSequence,
    previousHash: layout.base.previousHash,
    acknowledgedSequence: layout.markSequence,
    ...layout.noted,
    problems,
    readPages: (fromSequence) => readPages(place, { fromSequence, readLayout: lookAgain }),
    readSnapshot: () => readSnapshot(place),
    readCursors: () => readCursors(place),
  };
}

/** The layout, in spite of what is wrong with it: records then start where the first file does that is there. */
async function readWithoutGaps(place: PartitionPlace, onProblem: (error: MusterError) => void): Promise<Layout> {
  const layout = await readLayout(place, onProblem);
  const [first] = layout.segments;
  if (!first || first.firstSequence <= layout.base.firstSequence) return layout;
  try {
    await using opened = await openSegment(place, first);
    if (!opened) return layout;
    const { firstSequence, previousHash } = opened.header;
    return { ...layout, base: { firstSequence, previousHash } };
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    return layout; // Whoever reads the records will be told.
  }
}

/** What is wrong with the layout was told when it was first looked at. */
function lookAgain(place: PartitionPlace): Promise<Layout> {
  return readWithoutGaps(place, () => undefined);
}

/** As the newest segment says, in its frames that are whole: damage to records is told of by whoever reads those. */
async function readCursors(place: PartitionPlace): Promise<ReadonlyMap<string, number>> {
  const cursors = new Map<string, number>();
  for (const segment of (await lookAgain(place)).segments.toReversed()) {
    await using opened = await openSegment(place, segment);
    if (!opened) continue;
    for await (const { header, bytes } of walkFrames(opened.file, opened.framesAt, Number.POSITIVE_INFINITY)) {
      if (!isWholeFrame(bytes, header)) continue;
      for (const { name, sequence } of movesOf(bytes, header)) {
        if (sequence === undefined) cursors.delete(name);
        else cursors.set(name, sequence);
      }
    }
    return cursors;
  }
  return cursors;
}

async function readSnapshot(place: PartitionPlace): Promise<StoredSnapshot | undefined> {
  const { disk, path, partition } = place;
  const { snapshot } = await lookAgain(place);
  if (!snapshot) return undefined;
  /** While an owner writes the next one may take its place. */
  const explain = async (error: unknown) => {
    const isGone = (await lookAgain(place)).snapshot?.name !== snapshot.name;
    return isGone
      ? new MusterError("CURSOR_EXPIRED", `Cannot read ${snapshot.name} as a newer one took its place`)
      : error;
  };
  try {
    const opened = await openSnapshot(disk, path, { ...snapshot, partition });
    return { sequence: opened.head.sequence, chunks: chunksOf(opened, explain) };
  } catch (error) {
    throw await explain(error);
  }
}

async function* chunksOf(
  opened: OpenSnapshot,
  explain: (error: unknown) => Promise<unknown>,
): AsyncGenerator<Uint8Array> {
  await using snapshot = opened;
  try {
    yield* snapshot.chunks();
  } catch (error) {
    throw await explain(error);
  }
}
