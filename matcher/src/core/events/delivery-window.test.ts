import fc from "fast-check";
import { expect, test } from "vitest";
import { createDeliveryWindow } from "./delivery-window.ts";

const pending = (sequence: number) => ({ sequence, timeMs: sequence * 10, bytesBefore: sequence * 100 });

const rows = [
  { name: "stays before what is under way", steps: ["add 6"], doneThrough: 5, oldest: 6 },
  { name: "passes what is delivered", steps: ["add 6", "done 6"], doneThrough: 6, oldest: undefined },
  { name: "waits for a gap", steps: ["add 6", "add 7", "done 7"], doneThrough: 5, oldest: 6 },
  { name: "closes a gap", steps: ["add 6", "add 7", "done 7", "done 6"], doneThrough: 7, oldest: undefined },
  { name: "passes what is for nobody", steps: ["pass 6", "pass 7"], doneThrough: 7, oldest: undefined },
  { name: "does not pass it before its time", steps: ["add 6", "pass 7", "pass 8"], doneThrough: 5, oldest: 6 },
  { name: "passes it in its time", steps: ["add 6", "pass 7", "done 6"], doneThrough: 7, oldest: undefined },
] as const;
for (const { name, steps, doneThrough, oldest } of rows) {
  test(`a window ${name}`, () => {
    const window = createDeliveryWindow(5);
    for (const step of steps) apply(window, step);
    expect(window.doneThrough).toBe(doneThrough);
    expect(window.oldest?.sequence).toBe(oldest);
  });
}

function apply(window: ReturnType<typeof createDeliveryWindow>, step: string): void {
  const [what, sequence] = step.split(" ");
  if (what === "add") window.add(pending(Number(sequence)));
  else if (what === "pass") window.pass(Number(sequence));
  else window.done(Number(sequence));
}

test("a window is never past an event that is not delivered, and past everything in the end", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), fc.infiniteStream(fc.nat()), (wanted, chance) => {
      const window = createDeliveryWindow(0);
      const open: number[] = [];
      for (const [index, isWanted] of wanted.entries()) {
        if (isWanted) open.push(index + 1);
        if (isWanted) window.add(pending(index + 1));
        else window.pass(index + 1);
        expect(window.doneThrough).toBe(Math.min(...open, index + 2) - 1);
      }
      while (open.length > 0) {
        const [sequence = 0] = open.splice(Number(chance.next().value) % open.length, 1);
        window.done(sequence);
        expect(window.doneThrough).toBe(Math.min(...open, wanted.length + 1) - 1);
        expect(window.size).toBe(open.length);
      }
    }),
  );
});
