// What the files of a journal's folder are called. Names carry what places a file in the order of things, so that a list of
// names tells who owns a partition and which files stand for its records.

/** Says that the folder is a journal, and of which format. */
export const MARKER_NAME = "muster-journal";
/** What the names of its drafts begin with, one for each process that makes the journal at the same time. */
export const MARKER_DRAFT = `${MARKER_NAME}.new-`;

/** A piece of the log: records of one owner, from `firstSequence` on. */
export type SegmentName = {
  readonly name: string;
  readonly epoch: number;
  readonly firstSequence: number;
  /** The owner who wrote this file: the first one, or one who rewrote it to erase bodies. The newest file stands. */
  readonly writer: number;
  /** Rises with each rewriting by one owner. */
  readonly rewriting: number;
};
export type EpochName = { readonly name: string; readonly epoch: number };
/** The newest of highest epoch and number stands. */
export type SnapshotName = { readonly name: string; readonly epoch: number; readonly number: number };

/** A file that is being written, and is nothing until it is renamed. */
export type DraftName = { readonly name: string /** Of the owner who writes it. */; readonly epoch: number };

/** The files of one partition, each kind in rising order. */
export type PartitionNames = {
  readonly epochs: readonly EpochName[];
  readonly segments: readonly SegmentName[];
  readonly snapshots: readonly SnapshotName[];
  readonly drafts: readonly DraftName[];
};

export function epochName(partition: string, epoch: number): string {
  return `${prefixOf(partition)}epoch-${digits(epoch, 10)}`;
}

export function segmentName(partition: string, place: Omit<SegmentName, "name">): string {
  const { epoch, firstSequence, writer, rewriting } = place;
  const origin = `${digits(epoch, 10)}-${digits(firstSequence, 16)}`;
  return `${prefixOf(partition)}segment-${origin}-${digits(writer, 10)}-${digits(rewriting, 4)}`;
}

export function snapshotName(partition: string, place: Omit<SnapshotName, "name">): string {
  return `${prefixOf(partition)}snapshot-${digits(place.epoch, 10)}-${digits(place.number, 8)}`;
}

/** What the owner of `epoch` writes that shall be called `name`. No two owners have one draft. */
export function draftName(name: string, epoch: number): string {
  return `${name}.new-${digits(epoch, 10)}`;
}

/** The highest epoch that anybody has claimed, finished or not. 0: nobody has. */
export function highestEpoch(partition: string, names: readonly string[]): number {
  const prefix = `${prefixOf(partition)}epoch-`;
  let highest = 0;
  for (const name of names)
    if (name.startsWith(prefix)) highest = Math.max(highest, Number(name.slice(prefix.length)) || 0);
  return highest;
}

/** Sorts out the names of one partition; those of no known form are nobody's business. */
export function partitionNames(partition: string, names: readonly string[]): PartitionNames {
  const prefix = prefixOf(partition);
  const epochs: EpochName[] = [];
  const segments: SegmentName[] = [];
  const snapshots: SnapshotName[] = [];
  const drafts: DraftName[] = [];
  for (const name of names) {
    if (!name.startsWith(prefix)) continue;
    const drafter = /\.new-(\d+)$/.exec(name)?.[1];
    if (drafter !== undefined) drafts.push({ name, epoch: Number(drafter) });
    const [, kind, ...numbers] =
      /^(epoch|segment|snapshot)-(\d+)(?:-(\d+))?(?:-(\d+)-(\d+))?$/.exec(name.slice(prefix.length)) ?? [];
    const [epoch = 0, second = 0, writer = 0, rewriting = 0] = numbers.map((text = "0") => Number(text));
    if (kind === "epoch") epochs.push({ name, epoch });
    if (kind === "segment") segments.push({ name, epoch, firstSequence: second, writer, rewriting });
    if (kind === "snapshot") snapshots.push({ name, epoch, number: second });
  }
  return {
    epochs: epochs.toSorted((a, b) => a.epoch - b.epoch),
    segments: segments.toSorted(
      (a, b) =>
        a.epoch - b.epoch || a.firstSequence - b.firstSequence || a.writer - b.writer || a.rewriting - b.rewriting,
    ),
    snapshots: snapshots.toSorted((a, b) => a.epoch - b.epoch || a.number - b.number),
    drafts,
  };
}

/** The partitions that any file belongs to, in order. */
export function listPartitions(names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const name of names) {
    const partition = /^([^.]+)\.(?:epoch|segment|snapshot)-[\d-]+$/.exec(name)?.[1];
    if (partition !== undefined) found.add(decodeURIComponent(partition));
  }
  return [...found].toSorted();
}

const prefixes = new Map<string, string>();

function prefixOf(partition: string): string {
  let prefix = prefixes.get(partition);
  if (prefix === undefined) {
    prefix = `${encodeURIComponent(partition).replaceAll(".", "%2E")}.`;
    prefixes.set(partition, prefix);
  }
  return prefix;
}

function digits(count: number, length: number): string {
  return String(count).padStart(length, "0");
}
