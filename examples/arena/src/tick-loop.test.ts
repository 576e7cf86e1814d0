import { expect, test } from "vitest";
import { startTickLoop } from "./tick-loop.ts";

test("startTickLoop() steps until it is called off", async () => {
  const stop = new AbortController();
  let steps = 0;
  const loop = startTickLoop(
    200,
    () => {
      steps += 1;
      if (steps === 5) stop.abort();
    },
    stop.signal,
  );
  expect(loop.isFresh()).toBe(true);
  await loop.ended;
  expect(steps).toBeGreaterThanOrEqual(5);
});

test("startTickLoop() ends with what a step throws", async () => {
  const fail = () => {
    throw new Error("broken world");
  };
  await expect(startTickLoop(200, fail, new AbortController().signal).ended).rejects.toThrow("broken world");
});
