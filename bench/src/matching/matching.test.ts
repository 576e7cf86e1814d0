// The benchmark in small: every figure is there, and is a number.
import { expect, test } from "vitest";
import { drawMeasuredGrowth } from "./growth.ts";
import { runWith } from "./matching.ts";
import { measureHere } from "./measurements.ts";
import { tinySizes } from "./sizes.ts";

const promised = [
  ...["cold100kMs", "cold1mMs", "roundP99Ms", "idleRoundUs", "bytesPerTicket", "bytesPerPlayer", "backfill100kMs"],
  ...["optimal100k", "optimal10k", "restart100kMs", "restart1mMs", "rss1mMb"],
];

test("the benchmark of matching has all its figures and ratios", async () => {
  const { figures, ratios } = await runWith(measureHere, tinySizes);
  expect(Object.keys(figures)).toEqual(expect.arrayContaining(promised));
  for (const [name, value] of Object.entries({ ...figures, ...ratios })) expect(value, name).toSatisfy(Number.isFinite);
}, 90_000);

test("the chart of growth has a line for the engine and one for each floor", async () => {
  const chart = await drawMeasuredGrowth(measureHere, tinySizes.growth);
  expect(chart.match(/<polyline/g)).toHaveLength(3);
  expect(chart).not.toMatch(/NaN|Infinity|undefined/);
});
