// What becomes due when: a heap of deadlines. Entries are never taken back: who takes one out looks whether it still holds,
// which is cheaper than finding it again and cannot be forgotten.
import type { PlacementId, PlayerSessionId, ProcessId, ServerSessionId } from "@muster/proto";

export type Deadline =
  | { readonly atMs: number; readonly type: "placement-expires"; readonly placementId: PlacementId }
  | { readonly atMs: number; readonly type: "activation-due"; readonly sessionId: ServerSessionId }
  | { readonly atMs: number; readonly type: "session-closes"; readonly sessionId: ServerSessionId }
  | {
      readonly atMs: number;
      readonly type: "seat-expires";
      readonly sessionId: ServerSessionId;
      readonly playerSessionId: PlayerSessionId;
    }
  | { readonly atMs: number; readonly type: "ready-due"; readonly processId: ProcessId }
  | { readonly atMs: number; readonly type: "process-killed"; readonly processId: ProcessId }
  /** A crash loop may launch again. */
  | { readonly atMs: number; readonly type: "launch-allowed" }
  | { readonly atMs: number; readonly type: "process-forgotten"; readonly processId: ProcessId }
  | { readonly atMs: number; readonly type: "placement-forgotten"; readonly placementId: PlacementId }
  | { readonly atMs: number; readonly type: "session-forgotten"; readonly sessionId: ServerSessionId };

export interface Agenda {
  add(deadline: Deadline): void;
  /** When the earliest entry is due; undefined if there is none. */
  readonly nextMs: number | undefined;
  /** Takes out everything due at `nowMs`, earliest first; of one instant in the order of adding. */
  takeDue(nowMs: number): readonly Deadline[];
}

type Entry = { readonly deadline: Deadline; readonly order: number };

export function createAgenda(): Agenda {
  const heap: Entry[] = [];
  let order = 0;
  return {
    add(deadline) {
      heap.push({ deadline, order });
      order += 1;
      siftUp(heap);
    },
    get nextMs() {
      return heap[0]?.deadline.atMs;
    },
    takeDue(nowMs) {
      const due: Deadline[] = [];
      for (let first = heap[0]; first && first.deadline.atMs <= nowMs; first = heap[0]) {
        due.push(first.deadline);
        removeFirst(heap);
      }
      return due;
    },
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.deadline.atMs !== b.deadline.atMs ? a.deadline.atMs < b.deadline.atMs : a.order < b.order;
}

function siftUp(heap: Entry[]): void {
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

function removeFirst(heap: Entry[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let below = 2 * index + 1;
    const left = heap[below];
    if (!left) break;
    const right = heap[below + 1];
    if (right && isBefore(right, left)) below += 1;
    const child = heap[below] as Entry;
    if (!isBefore(child, last)) break;
    heap[index] = child;
    index = below;
  }
  heap[index] = last;
}
