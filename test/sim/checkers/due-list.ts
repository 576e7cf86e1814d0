// What should have happened by when: the earliest first. Entries are not taken back; whoever takes one out looks whether it
// still holds, so that each costs the same however many there are.

export interface DueList<Item> {
  add(atMs: number, item: Item): void;
  /** Takes out the earliest item that was due before `nowMs`; undefined if there is none. */
  takeBefore(nowMs: number): Item | undefined;
  readonly size: number;
}

type Entry<Item> = { readonly atMs: number; readonly item: Item };

/** An empty list: a binary heap by time. */
export function createDueList<Item>(): DueList<Item> {
  const heap: Entry<Item>[] = [];
  const atMsOf = (index: number) => heap[index]?.atMs ?? Number.POSITIVE_INFINITY;
  const swap = (one: number, other: number) => {
    const [first, second] = [heap[one], heap[other]];
    if (!first || !second) return;
    heap[one] = second;
    heap[other] = first;
  };
  return {
    add(atMs, item) {
      let index = heap.push({ atMs, item }) - 1;
      while (index > 0) {
        const above = (index - 1) >> 1;
        if (atMsOf(above) <= atMs) return;
        swap(above, index);
        index = above;
      }
    },
    takeBefore(nowMs) {
      const first = heap[0];
      if (!first || first.atMs >= nowMs) return undefined;
      swap(0, heap.length - 1);
      heap.pop();
      for (let index = 0; ; ) {
        const left = 2 * index + 1;
        const child = atMsOf(left + 1) < atMsOf(left) ? left + 1 : left;
        if (atMsOf(child) >= atMsOf(index)) return first.item;
        swap(child, index);
        index = child;
      }
    },
    get size() {
      return heap.length;
    },
  };
}
