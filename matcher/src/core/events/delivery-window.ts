// Which events of one target are under way: they are delivered out of order, and only what has no gap before it is behind us.

export type PendingEvent = {
  /** Of its record. */
  readonly sequence: number;
  /** Journal time at which it was stored, in ms. */
  readonly timeMs: number;
  /** Bytes of events that had been stored before it. */
  readonly bytesBefore: number;
};

export interface DeliveryWindow {
  /** An event is to be delivered. Sequences rise. */
  add(event: PendingEvent): void;
  /** Record `sequence` is nothing for this target. */
  pass(sequence: number): void;
  /** The event of record `sequence`, which was added, is delivered. */
  done(sequence: number): void;
  /** The last record up to which everything is done. */
  readonly doneThrough: number;
  /** The first that is not. */
  readonly oldest: PendingEvent | undefined;
  /** Events that were added and are not done. */
  readonly size: number;
}

type Entry = PendingEvent & {
  isDone: boolean;
  /** The last record after it, itself included, before the next entry. */
  through: number;
};

/** A window in which everything up to record `doneThrough` is done. */
export function createDeliveryWindow(doneThrough: number): DeliveryWindow {
  let through = doneThrough;
  let entries: Entry[] = [];
  let head = 0;
  let size = 0;
  const bySequence = new Map<number, Entry>();

  const advance = () => {
    for (let entry = entries[head]; entry?.isDone; entry = entries[head]) {
      through = entry.through;
      head += 1;
    }
    if (head * 2 < entries.length) return;
    entries = entries.slice(head);
    head = 0;
  };

  return {
    add(event) {
      const entry = { ...event, isDone: false, through: event.sequence };
      entries.push(entry);
      bySequence.set(event.sequence, entry);
      size += 1;
    },
    pass(sequence) {
      const last = entries.at(-1);
      if (last && head < entries.length) last.through = sequence;
      else through = sequence;
    },
    done(sequence) {
      const entry = bySequence.get(sequence);
      if (!entry) return;
      bySequence.delete(sequence);
      entry.isDone = true;
      size -= 1;
      advance();
    },
    get doneThrough() {
      return through;
    },
    get oldest() {
      return entries[head];
    },
    get size() {
      return size;
    },
  };
}
