import { expect, test } from "vitest";
import { runSeed } from "./run-seed.ts";

const run = (seed: number, liveness: boolean) => runSeed({ seed, troubleMs: 30_000, liveness });

for (const seed of Array.from({ length: 12 }, (_, index) => index + 1)) {
  test(`Muster keeps its promises (repeat: npm run sim -- --seed ${seed})`, { timeout: 60_000 }, async () => {
    const { failure, events } = await run(seed, true);
    if (failure) throw failure;
    expect(events).toBeGreaterThan(1_000);
  });
}

test("the same seed leaves the same trace", { timeout: 60_000 }, async () => {
  const [one, other, another] = [await run(7, false), await run(7, false), await run(8, false)];
  expect(one.digest).toBe(other.digest);
  expect(one.story).toEqual(other.story);
  expect(one.digest).not.toBe(another.digest);
});
