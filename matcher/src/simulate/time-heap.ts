// What is to happen at given times, the next first: a binary heap. Of one time, what was added first comes first.

export interface TimeHeap<Item extends { readonly atMs: number }> {
  add(item: Item): void;
  /** The earliest; undefined: there is none. */
  first(): Item | undefined;
  /** Takes out the earliest, if there is one. */
  dropFirst(): void;
}

export function createTimeHeap<Item extends { readonly atMs: number }>(): TimeHeap<Item> {
  type Entry = { readonly item: Item; readonly order: number };
  const entries: Entry[] = [];
  let added = 0;
  const isBefore = (one: Entry, other: Entry) =>
    one.item.atMs < other.item.atMs || (one.item.atMs === other.item.atMs && one.order < other.order);

  return {
    first: () => entries[0]?.item,
    add(item) {
      const entry = { item, order: added };
      added += 1;
      let place = entries.length;
      for (let up = (place - 1) >> 1; place > 0; up = (place - 1) >> 1) {
        const parent = entries[up];
        if (!parent || !isBefore(entry, parent)) break;
        entries[place] = parent;
        place = up;
      }
      entries[place] = entry;
    },
    dropFirst() {
      const last = entries.pop();
      if (!last || entries.length === 0) return;
      let place = 0;
      for (;;) {
        const [left, right] = [entries[2 * place + 1], entries[2 * place + 2]];
        const child = left && right && isBefore(right, left) ? right : left;
        if (!child || !isBefore(child, last)) break;
        entries[place] = child;
        place = 2 * place + (child === left ? 1 : 2);
      }
      entries[place] = last;
    },
  };
}
