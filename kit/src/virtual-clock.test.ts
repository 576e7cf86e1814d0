import fc from "fast-check";
import { expect, test } from "vitest";
import { createVirtualClock } from "./virtual-clock.ts";

test("createVirtualClock() wakes sleepers in the order of their time, then of their call, and none that was called off", async () => {
  const sleep = fc.record({ delayMs: fc.integer({ min: -5, max: 40 }), calledOff: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(sleep, { maxLength: 60 }), async (sleeps) => {
      const clock = createVirtualClock();
      const woken: number[] = [];
      for (const [index, { delayMs, calledOff }] of sleeps.entries()) {
        const stop = new AbortController();
        clock.sleep(delayMs, stop.signal).then(
          () => woken.push(index),
          () => undefined, // Called off.
        );
        if (calledOff) stop.abort();
      }
      const kept = [...sleeps.entries()].filter(([, { calledOff }]) => !calledOff);
      expect(clock.sleepers).toBe(kept.length);
      await clock.advance(40);
      const expected = kept.toSorted(([, a], [, b]) => Math.max(a.delayMs, 0) - Math.max(b.delayMs, 0));
      expect(woken).toEqual(expected.map(([index]) => index));
      expect(clock.sleepers).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test("createVirtualClock() forgets sleepers that are called off, and still wakes the others in order", async () => {
  const clock = createVirtualClock();
  const woken: number[] = [];
  for (let index = 0; index < 2_000; index += 1) {
    const stop = new AbortController();
    clock.sleep(2_000 - index, stop.signal).then(
      () => woken.push(index),
      () => undefined, // Called off.
    );
    if (index % 100 !== 0) stop.abort();
  }
  await clock.advance(2_000);
  expect(woken).toEqual(Array.from({ length: 20 }, (_, index) => 1_900 - index * 100));
});

test("time never runs backwards, although two advance it at once", async () => {
  const clock = createVirtualClock(1_000);
  await Promise.all([clock.advance(50), clock.advance(0), clock.advance(10)]);
  expect(clock.nowMs()).toBe(1_050);
});

test("a loop that sleeps for nothing does not hold time up for ever", async () => {
  const clock = createVirtualClock();
  let over = false;
  const loop = async () => {
    while (!over) await clock.sleep(0);
  };
  void loop();
  await expect(clock.advance(1)).rejects.toThrow("Cannot move on from 0 ms");
  over = true;
});
