// Updates that wait for a slow or absent handler are merged into one, so that what waits stays small.

/** The seats of one update, as whatever stands for them. A seat that has gone never comes back as the same. */
export type SeatLists<Seat> = {
  readonly added: readonly Seat[];
  readonly updated: readonly Seat[];
  readonly removed: readonly Seat[];
};

/** What `updates`, in their order, come to: who came and went in between is not mentioned. */
export function mergeUpdates<Seat>(updates: readonly SeatLists<Seat>[]): SeatLists<Seat> {
  const added = new Set<Seat>();
  const updated = new Set<Seat>();
  const removed = new Set<Seat>();
  for (const update of updates) {
    for (const seat of update.added) added.add(seat);
    for (const seat of update.updated) if (!added.has(seat)) updated.add(seat);
    for (const seat of update.removed) {
      updated.delete(seat);
      if (!added.delete(seat)) removed.add(seat);
    }
  }
  return { added: [...added], updated: [...updated], removed: [...removed] };
}
