import { expect, test } from "vitest";
import { median, medianRatio, percentile } from "./statistics.ts";

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

const percentiles = [
  { name: "the largest of few samples", samples: [3, 1, 2], share: 0.99, is: 3 },
  { name: "the 99th of a hundred", samples: hundred, share: 0.99, is: 99 },
  { name: "the 50th of a hundred", samples: hundred, share: 0.5, is: 50 },
  { name: "the smallest for a share of 0", samples: hundred, share: 0, is: 1 },
  { name: "the largest for a share of 1", samples: hundred, share: 1, is: 100 },
  { name: "numbers by size, not as text", samples: [10, 9, 100], share: 0.5, is: 10 },
  { name: "nothing of no samples", samples: [], share: 0.5, is: Number.NaN },
] as const;

for (const { name, samples, share, is } of percentiles) {
  test(`percentile() finds ${name}`, () => expect(percentile(samples, share)).toBe(is));
}

const medians = [
  { name: "the middle one", values: [9, 1, 100], is: 9 },
  { name: "the mean of the two in the middle", values: [4, 1, 2, 100], is: 3 },
  { name: "nothing of no values", values: [], is: Number.NaN },
] as const;

for (const { name, values, is } of medians) {
  test(`median() finds ${name}`, () => expect(median(values)).toBe(is));
}

test("medianRatio() compares within a round, so that a slow machine weighs nothing", () => {
  const rounds = [
    { ours: 80, floor: 100 },
    { ours: 8, floor: 10 }, // Ten times slower, both.
    { ours: 10, floor: 100 }, // Ours alone was hit.
  ];
  const ratio = medianRatio(
    rounds,
    (round) => round.ours,
    (round) => round.floor,
  );
  expect(ratio).toBe(0.8);
});
