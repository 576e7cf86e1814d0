import type { TicketId } from "@muster/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createDeadlineHeap, type Deadline } from "./deadline-heap.ts";

test("a deadline heap knows what a sorted list would, whatever is added and removed", () => {
  const step = fc.record({ id: fc.nat(20), atMs: fc.nat(50), removes: fc.boolean(), nowMs: fc.nat(60) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = createDeadlineHeap();
      const model = new Map<TicketId, Deadline>();
      for (const { id, atMs, removes, nowMs } of steps) {
        const ticketId = `t${id}` as TicketId;
        const known = model.get(ticketId);
        if (known) {
          heap.remove(known);
          if (removes) heap.remove(known);
          model.delete(ticketId);
        } else if (!removes) {
          const deadline = { ticketId, atMs, place: -1 };
          heap.add(deadline);
          model.set(ticketId, deadline);
        }
        const times = [...model.values()].map((deadline) => deadline.atMs);
        const due = [...model.values()].filter((one) => one.atMs <= nowMs).map((one) => one.ticketId);
        expect(heap.size).toBe(model.size);
        expect(heap.nextAtMs()).toBe(model.size === 0 ? undefined : Math.min(...times));
        expect(heap.findDue(nowMs, 1_000).toSorted()).toEqual(due.toSorted());
      }
    }),
  );
});

test("a deadline heap gives no more than asked for", () => {
  const heap = createDeadlineHeap();
  for (let i = 0; i < 10; i += 1) heap.add({ ticketId: `t${i}` as TicketId, atMs: i, place: -1 });
  expect(heap.findDue(100, 3)).toHaveLength(3);
});
