// Which files of a partition stand for its records, told by their names and the owners' notes alone. Later segments cut
// earlier ones: an owner's first record follows the last that it found, and whatever an older owner wrote beyond that was
// never acknowledged.
import type { MusterError } from "@muster/proto";
import { type Disk, isDiskError } from "../disk/disk.ts";
import { FIRST_HASH } from "../record.ts";
import { type EpochFile, type OnProblem, readEpochFile } from "./epoch-file.ts";
import { type PartitionNames, partitionNames, type SegmentName, type SnapshotName } from "./file-names.ts";
import { recordsMissing, unreadableFile } from "./unreadable-folder.ts";

/** Where the records are: a folder, how messages name it, and a partition in it. */
export type PartitionPlace = { readonly disk: Disk; readonly path: string; readonly partition: string };

export type LiveSegment = SegmentName & {
  /** The first record that is not its own any more. Infinity: it is the last one. */
  readonly endSequence: number;
};

export type Layout = {
  readonly names: PartitionNames;
  /** The highest epoch that any file is of: a claim may be gone of which a segment is left. 0: there is none. */
  readonly epoch: number;
  /** The claims that were finished, in rising order. */
  readonly claims: readonly EpochFile[];
  /** The oldest record that is kept, and the hash that it carries of the one before. */
  readonly base: { readonly firstSequence: number; readonly previousHash: Uint8Array };
  /** How far records were acknowledged, at least. */
  readonly markSequence: number;
  /** The latest journal time that any owner noted, and the wall clock then, in ms. 0: none did. */
  readonly noted: { readonly timeMs: number; readonly wallMs: number };
  readonly segments: readonly LiveSegment[];
  readonly snapshot: SnapshotName | undefined;
  /** Segments and snapshots that stand for nothing any more. */
  readonly leftovers: readonly string[];
};

/**
 * The partition's files as they are now.
 *
 * @throws {MusterError} JOURNAL_UNREADABLE if an owner's file is damaged, or the file of the oldest kept records is gone, or
 * the snapshot that holds the ones before; unless `onProblem` takes it.
 */
export async function readLayout(place: PartitionPlace, onProblem: OnProblem = refuse): Promise<Layout> {
  const { disk, partition } = place;
  let names = partitionNames(partition, await disk.list());
  for (;;) {
    const problems: MusterError[] = [];
    const claims = await readClaims(place, names, (problem) => problems.push(problem));
    const now = partitionNames(partition, await disk.list());
    // What an owner notes speaks of files that it has made before: names and notes must be of one time.
    if (claims && isSame(names, now)) {
      const layout = layOut(place, { names, claims }, (problem) => problems.push(problem));
      for (const problem of problems) onProblem(problem);
      return layout;
    }
    names = now;
  }
}

/** Undefined if a new owner has tidied up since the names were listed. */
async function readClaims(
  { disk, path, partition }: PartitionPlace,
  names: PartitionNames,
  onProblem: OnProblem,
): Promise<EpochFile[] | undefined> {
  const claims: EpochFile[] = [];
  for (const name of names.epochs) {
    try {
      const claim = await readEpochFile(disk, { path, partition, ...name }, onProblem);
      if (claim) claims.push(claim);
      else if (names.segments.some(({ epoch }) => epoch === name.epoch)) {
        onProblem(unreadableFile(path, name.name, "its claim is gone, though its owner wrote records"));
      }
    } catch (error) {
      if (isDiskError(error, "ENOENT")) return undefined;
      throw error;
    }
  }
  return claims;
}

function isSame(names: PartitionNames, others: PartitionNames): boolean {
  const listed = ({ epochs, segments, snapshots }: PartitionNames) =>
    [...epochs, ...segments, ...snapshots].map(({ name }) => name).join();
  return listed(names) === listed(others);
}

type Found = { readonly names: PartitionNames; readonly claims: readonly EpochFile[] };

function layOut({ path, partition }: PartitionPlace, { names, claims }: Found, onProblem: OnProblem): Layout {
  // Of the last owner who noted one: it took over what older ones had noted, and what they note since then is void.
  const noteOfBase = claims.findLast((claim) => claim.base)?.base;
  const base = {
    firstSequence: noteOfBase?.firstSequence ?? 1,
    previousHash: noteOfBase ? Buffer.from(noteOfBase.previousHash, "hex") : FIRST_HASH,
  };
  const notes = claims.flatMap(({ mark, lease }) => [mark ?? [], lease ?? []].flat());
  const noted = {
    timeMs: Math.max(0, ...notes.map(({ timeMs }) => timeMs)),
    wallMs: Math.max(0, ...notes.map(({ wallMs }) => wallMs)),
  };
  const markSequence = Math.max(0, ...claims.map(({ mark }) => mark?.sequence ?? 0));
  const segments = liveSegments(names.segments, base.firstSequence);
  const first = segments[0]?.firstSequence ?? Number.POSITIVE_INFINITY;
  if (first > base.firstSequence && (segments.length > 0 || Math.max(markSequence, base.firstSequence - 1) > 0)) {
    onProblem(recordsMissing(path, partition, `the file that began with record ${base.firstSequence} is not there`));
  }
  const snapshot = names.snapshots.at(-1);
  if (!snapshot && base.firstSequence > 1) {
    const why = `those before ${base.firstSequence} were in a snapshot that is not there`;
    onProblem(recordsMissing(path, partition, why));
  }
  const live = new Set(segments.map(({ name }) => name));
  return {
    names,
    epoch: Math.max(0, ...[...names.epochs, ...names.segments, ...names.snapshots].map(({ epoch }) => epoch)),
    claims,
    base,
    markSequence,
    noted,
    segments,
    snapshot,
    leftovers: [
      ...names.segments.filter(({ name }) => !live.has(name)).map(({ name }) => name),
      ...names.snapshots.filter((one) => one !== snapshot).map(({ name }) => name),
    ],
  };
}

function refuse(problem: MusterError): never {
  throw problem;
}

/** Those that hold records from `firstSequence` on, each up to where the next one begins; of those rewritten the newest. */
function liveSegments(names: readonly SegmentName[], firstSequence: number): readonly LiveSegment[] {
  const live: LiveSegment[] = [];
  let endSequence = Number.POSITIVE_INFINITY;
  for (const segment of names.toReversed()) {
    const holdsNothing = segment.firstSequence >= endSequence || endSequence <= firstSequence;
    if (!holdsNothing) live.push({ ...segment, endSequence });
    endSequence = Math.min(endSequence, segment.firstSequence);
  }
  return live.toReversed();
}
