// What comes up when: a heap of entries by time. Entries are never taken back: who takes one out looks whether it still
// holds, which is cheaper than finding it again and cannot be forgotten. Of one instant they come in the order of type and id,
// so that an agenda that was rebuilt from a snapshot gives them as the first one would have.

export interface Agenda<Entry> {
  add(entry: Entry): void;
  /** When the earliest entry comes up; undefined if there is none. */
  readonly nextMs: number | undefined;
  /** Takes out everything that has come up at `nowMs`, earliest first. */
  takeDue(nowMs: number): readonly Entry[];
}

type Timed = { readonly atMs: number; readonly type: string };

/** An empty agenda. `idOf` tells entries of one type and instant apart; two that it does not are the same to everybody. */
export function createAgenda<Entry extends Timed>(idOf: (entry: Entry) => string | number): Agenda<Entry> {
  const heap: Entry[] = [];
  const isBefore = (a: Entry, b: Entry) => {
    if (a.atMs !== b.atMs) return a.atMs < b.atMs;
    return a.type !== b.type ? a.type < b.type : idOf(a) < idOf(b);
  };
  return {
    add(entry) {
      heap.push(entry);
      siftUp(heap, isBefore);
    },
    get nextMs() {
      return heap[0]?.atMs;
    },
    takeDue(nowMs) {
      const due: Entry[] = [];
      for (let first = heap[0]; first && first.atMs <= nowMs; first = heap[0]) {
        due.push(first);
        removeFirst(heap, isBefore);
      }
      return due;
    },
  };
}

type IsBefore<Entry> = (a: Entry, b: Entry) => boolean;

function siftUp<Entry>(heap: Entry[], isBefore: IsBefore<Entry>): void {
  let index = heap.length - 1;
  const entry = heap[index] as Entry;
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above] as Entry;
    if (!isBefore(entry, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = entry;
}

function removeFirst<Entry>(heap: Entry[], isBefore: IsBefore<Entry>): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let below = 2 * index + 1;
    const left = heap[below];
    if (left === undefined) break;
    const right = heap[below + 1];
    if (right !== undefined && isBefore(right, left)) below += 1;
    const child = heap[below] as Entry;
    if (!isBefore(child, last)) break;
    heap[index] = child;
    index = below;
  }
  heap[index] = last;
}
