// The benchmark in small: every figure is there, and is a number.
import { expect, test } from "vitest";
import { runWith } from "./matching.ts";
import { measureHere } from "./measurements.ts";
import { tinySizes } from "./sizes.ts";

test("the benchmark of matching has all its figures and ratios", async () => {
  const { figures, ratios } = await runWith(measureHere, tinySizes);
  expect(Object.keys(figures)).toEqual(expect.arrayContaining(["cold100kMs", "cold1mMs"]));
  for (const [name, value] of Object.entries({ ...figures, ...ratios })) expect(value, name).toSatisfy(Number.isFinite);
});
