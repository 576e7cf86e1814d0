import type { TicketId } from "@muster/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createDeadlineHeap } from "./deadline-heap.ts";

test("a deadline heap knows what a sorted list would, whatever is added and removed", () => {
  const step = fc.record({ id: fc.nat(20), atMs: fc.nat(50), removes: fc.boolean(), nowMs: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = createDeadlineHeap();
      const model = new Map<TicketId, number>();
      for (const { id, atMs, removes, nowMs } of steps) {
        const ticketId = `t${id}` as TicketId;
        if (removes || model.has(ticketId)) {
          heap.remove(ticketId);
          model.delete(ticketId);
        } else {
          heap.add(ticketId, atMs);
          model.set(ticketId, atMs);
        }
        const due = [...model].filter(([, time]) => time <= nowMs).map(([one]) => one);
        expect(heap.size).toBe(model.size);
        expect(heap.nextAtMs()).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
        expect(heap.findDue(nowMs, 1_000).toSorted()).toEqual(due.toSorted());
      }
    }),
  );
});

test("a deadline heap gives no more than asked for", () => {
  const heap = createDeadlineHeap();
  for (let i = 0; i < 10; i += 1) heap.add(`t${i}` as TicketId, i);
  expect(heap.findDue(100, 3)).toHaveLength(3);
});
