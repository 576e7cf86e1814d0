import fc from "fast-check";
import { expect, test } from "vitest";
import { createTimeHeap } from "./time-heap.ts";

test("createTimeHeap() gives what was added in the order of times, and of one time in the order of adding", () => {
  // A number is added at that time, undefined takes one out.
  const steps = fc.array(fc.option(fc.nat(20), { nil: undefined }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (list) => {
      const heap = createTimeHeap<{ readonly atMs: number; readonly id: number }>();
      let model: { readonly atMs: number; readonly id: number }[] = [];
      for (const [id, atMs] of list.entries()) {
        if (atMs === undefined) {
          heap.dropFirst();
          model = model.slice(1);
        } else {
          heap.add({ atMs, id });
          model = [...model, { atMs, id }].toSorted((one, other) => one.atMs - other.atMs || one.id - other.id);
        }
        expect(heap.first()).toEqual(model[0]);
      }
    }),
  );
});
