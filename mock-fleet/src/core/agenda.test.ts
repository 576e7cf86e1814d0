import type { ProcessId } from "@muster/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createAgenda, type Deadline } from "./agenda.ts";

const deadline = (atMs: number, name: string): Deadline => ({
  atMs,
  type: "process-killed",
  processId: name as ProcessId,
});

test("an agenda gives deadlines in order of time, and of adding within one instant", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), fc.nat(20), (times, nowMs) => {
      const agenda = createAgenda();
      const all = times.map((atMs, index) => deadline(atMs, String(index)));
      for (const one of all) agenda.add(one);
      const sorted = all.toSorted((a, b) => a.atMs - b.atMs);
      expect(agenda.takeDue(nowMs)).toEqual(sorted.filter((one) => one.atMs <= nowMs));
      expect(agenda.nextMs).toBe(sorted.find((one) => one.atMs > nowMs)?.atMs);
    }),
  );
});
