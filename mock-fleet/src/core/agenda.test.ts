import type { ProcessId } from "@muster/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createAgenda } from "./agenda.ts";
import { type Deadline, deadlineId } from "./deadline.ts";

const deadline = (atMs: number, name: string): Deadline => ({
  atMs,
  type: "process-killed",
  processId: name as ProcessId,
});

test("an agenda gives deadlines in order of time, and of their ids within one instant, however they were added", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.nat(99))), fc.nat(20), (entries, nowMs) => {
      const agenda = createAgenda(deadlineId);
      const all = entries.map(([atMs, id]) => deadline(atMs, String(id).padStart(2, "0")));
      for (const one of all) agenda.add(one);
      const sorted = all.toSorted((a, b) => a.atMs - b.atMs || (deadlineId(a) < deadlineId(b) ? -1 : 1));
      expect(agenda.takeDue(nowMs)).toEqual(sorted.filter((one) => one.atMs <= nowMs));
      expect(agenda.nextMs).toBe(sorted.find((one) => one.atMs > nowMs)?.atMs);
    }),
  );
});
