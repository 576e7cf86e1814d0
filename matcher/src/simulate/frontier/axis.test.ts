import { expect, test } from "vitest";
import { fitAxis } from "./axis.ts";

const rows = [
  { name: "nothing", values: [], end: 1, tick: 0.2, decimals: 1 },
  { name: "zeros", values: [0, 0], end: 1, tick: 0.2, decimals: 1 },
  { name: "a round number", values: [3, 10], end: 10, tick: 2, decimals: 0 },
  { name: "what is just above a round number", values: [10.1], end: 12, tick: 2, decimals: 0 },
  { name: "small fractions", values: [0.034], end: 0.04, tick: 0.01, decimals: 2 },
  { name: "large numbers", values: [123_456], end: 150_000, tick: 50_000, decimals: 0 },
];
for (const { name, values, end, tick, decimals } of rows) {
  test(`fitAxis() ends round above ${name}, with round ticks`, () => {
    const axis = fitAxis(values, 6);
    expect({ end: axis.end, tick: axis.ticks[1], decimals: axis.decimals }).toEqual({ end, tick, decimals });
    expect(axis.ticks.at(-1)).toBe(end);
  });
}
