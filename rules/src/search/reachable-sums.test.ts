import fc from "fast-check";
import { expect, test } from "vitest";
import { reachableSums } from "./reachable-sums.ts";

test("reachableSums() knows what every rest of the tickets comes to", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 70 }), { maxLength: 9 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: 130 }), (list, total) => {
      const isReachable = reachableSums(list, total);
      for (let index = 0; index <= list.length; index += 1) {
        const sums = sumsOf(list.slice(index));
        for (let sum = 0; sum <= total; sum += 1) expect(isReachable(index, sum)).toBe(sums.has(sum));
      }
    }),
    { numRuns: 50 },
  );
});

test("reachableSums() says no to what is out of reach", () => {
  const isReachable = reachableSums([1, 2], 3);
  expect([isReachable(0, -1), isReachable(0, 4), isReachable(3, 0)]).toEqual([false, false, false]);
});

function sumsOf(sizes: readonly number[]): ReadonlySet<number> {
  let sums = new Set([0]);
  for (const size of sizes) sums = new Set([...sums, ...[...sums].map((sum) => sum + size)]);
  return sums;
}
