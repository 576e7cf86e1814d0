import { expect, test } from "vitest";
import { CATCH_UP_STEPS_MAX, planSteps } from "./pace.ts";

const rows = [
  { name: "nothing before the first step", steps: 0, nowMs: 49, due: 0, waitMs: 1 },
  { name: "one step on time", steps: 0, nowMs: 50, due: 1, waitMs: 50 },
  { name: "one step when late, and a shorter wait", steps: 0, nowMs: 62, due: 1, waitMs: 38 },
  { name: "two steps when it missed one", steps: 3, nowMs: 255, due: 2, waitMs: 45 },
  { name: "nothing when the timer was early", steps: 4, nowMs: 249, due: 0, waitMs: 1 },
  { name: "all steps of a short pause", steps: 0, nowMs: 50 * CATCH_UP_STEPS_MAX, due: CATCH_UP_STEPS_MAX, waitMs: 50 },
  { name: "one step after a long pause", steps: 0, nowMs: 60_000, due: 1, waitMs: 50 },
];
for (const { name, steps, nowMs, due, waitMs } of rows) {
  test(`planSteps() takes ${name}`, () => {
    expect(planSteps({ startedAtMs: 0, steps }, 50, nowMs)).toMatchObject({ due, waitMs });
  });
}

test("planSteps() does not drift: 20 late steps a second stay 20", () => {
  let pace = { startedAtMs: 0, steps: 0 };
  let nowMs = 0;
  let taken = 0;
  while (nowMs < 10_000) {
    const { due, waitMs, next } = planSteps(pace, 50, nowMs);
    taken += due;
    pace = next;
    nowMs += waitMs + 3; // Every timer fires 3 ms late.
  }
  expect(taken).toBeGreaterThanOrEqual(198);
  expect(taken).toBeLessThanOrEqual(200);
});
