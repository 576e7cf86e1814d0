import { expect, test } from "vitest";
import { repeat } from "./repeat.ts";
import { createVirtualClock } from "./virtual-clock.ts";

test("repeat() waits from the end of one run to the next", async () => {
  const clock = createVirtualClock();
  const runs: number[] = [];
  await using _ = repeat({ clock, everyMs: 100 }, async () => {
    runs.push(clock.nowMs());
    await clock.sleep(30);
  });
  await clock.advance(400);
  expect(runs).toEqual([100, 230, 360]);
});

test("disposing lets the run under way end, and nothing comes after it", async () => {
  const clock = createVirtualClock();
  const steps: string[] = [];
  const repetition = repeat({ clock, everyMs: 100 }, async () => {
    steps.push("begins");
    await clock.sleep(50);
    steps.push("ends");
  });
  await clock.advance(100);
  const disposed = repetition[Symbol.asyncDispose]().then(() => steps.push("disposed"));
  await clock.advance(500);
  await disposed;
  expect(steps).toEqual(["begins", "ends", "disposed"]);
});

test("what a run throws ends it, and is told once", async () => {
  const clock = createVirtualClock();
  const told: unknown[] = [];
  await using _ = repeat({ clock, everyMs: 100, onError: (error) => told.push(error) }, () => {
    throw new RangeError("no more");
  });
  await clock.advance(1_000);
  expect(told).toEqual([new RangeError("no more")]);
});
