// The benchmark in small: a lane is refilled again and again, and the hops add up.
import { expect, test } from "vitest";
import { openRefillWorld } from "./refill-world.ts";

test("a freed seat is taken by who waits in its lane, and every hop is timed", { timeout: 90_000 }, async () => {
  await using world = await openRefillWorld();
  const lanes = [await world.openLane("one"), await world.openLane("other")];
  for (const lane of [...lanes, ...lanes]) {
    const { totalMs, freeingMs, fillingMs, tellingMs } = await lane.refill();
    expect(totalMs).toBeGreaterThan(0);
    expect(freeingMs + fillingMs + tellingMs).toBeCloseTo(totalMs, 6);
  }
});
