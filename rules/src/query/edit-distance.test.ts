import fc from "fast-check";
import { expect, test } from "vitest";
import { editDistance } from "./edit-distance.ts";

/** By the definition, without any limit. */
function slowDistance(from: readonly string[], to: readonly string[]): number {
  const [first, ...rest] = from;
  const [other, ...others] = to;
  if (first === undefined) return to.length;
  if (other === undefined) return from.length;
  if (first === other) return slowDistance(rest, others);
  return 1 + Math.min(slowDistance(rest, others), slowDistance(rest, to), slowDistance(from, others));
}

const word = fc.string({ unit: fc.constantFrom("a", "b", "é", "😀"), maxLength: 6 });

test("editDistance() counts as the definition does, up to its limit", () => {
  fc.assert(
    fc.property(word, word, fc.integer({ min: 0, max: 3 }), (from, to, max) => {
      const edits = slowDistance([...from], [...to]);
      expect(editDistance(from, { to, max })).toBe(edits <= max ? edits : undefined);
    }),
    { numRuns: 500 },
  );
});
