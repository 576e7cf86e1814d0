import { expect, test } from "vitest";
import { runSeed } from "./run-seed.ts";

for (const seed of Array.from({ length: 16 }, (_, index) => index + 1)) {
  test(`Muster keeps its promises (repeat: npm run sim -- --seed ${seed})`, { timeout: 60_000 }, async () => {
    const { checked, tickets } = await runSeed(seed, 240);
    expect(checked).toBeGreaterThan(500);
    expect([...tickets.values()]).toContain("COMPLETED");
  });
}

test("the same seed tells the same story", { timeout: 60_000 }, async () => {
  expect((await runSeed(7, 120)).story).toEqual((await runSeed(7, 120)).story);
});
