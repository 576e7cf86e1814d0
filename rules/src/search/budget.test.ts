import { expect, test } from "vitest";
import { stepsFor } from "./budget.ts";

const rows = [
  { rules: 0, steps: 16_000 },
  { rules: 4, steps: 16_000 },
  { rules: 8, steps: 8_000 },
  { rules: 64, steps: 1_000 },
];
for (const { rules, steps } of rows) {
  test(`stepsFor() gives a search by ${rules} rules ${steps} steps: each looks at all of them`, () => {
    expect(stepsFor(rules)).toBe(steps);
  });
}
