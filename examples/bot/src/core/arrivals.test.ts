import { expect, test } from "vitest";
import { planArrivals } from "./arrivals.ts";

const rows = [
  { name: "the first one at once", due: 0, nowMs: 0, running: 0, start: 1, waitMs: 500 },
  { name: "nobody early", due: 1, nowMs: 499, running: 1, start: 0, waitMs: 1 },
  { name: "the second one in time", due: 1, nowMs: 500, running: 1, start: 1, waitMs: 500 },
  { name: "two when one was missed", due: 1, nowMs: 1_100, running: 1, start: 2, waitMs: 400 },
  { name: "nobody above the cap", due: 1, nowMs: 500, running: 10, start: 0, waitMs: 500 },
  { name: "only as many as the cap allows", due: 1, nowMs: 1_000, running: 9, start: 1, waitMs: 500 },
  { name: "one after a long pause", due: 1, nowMs: 60_000, running: 0, start: 1, waitMs: 500 },
];
for (const { name, due, nowMs, running, start, waitMs } of rows) {
  test(`planArrivals() starts ${name}`, () => {
    const step = planArrivals({ startedAtMs: 0, due }, nowMs, { perSecond: 2, running, runningMax: 10 });
    expect(step).toMatchObject({ start, waitMs });
  });
}

test("planArrivals() keeps a rate below one a second", () => {
  const limits = { perSecond: 0.25, running: 0, runningMax: 10 };
  const first = planArrivals({ startedAtMs: 0, due: 0 }, 0, limits);
  expect(first).toMatchObject({ start: 1, waitMs: 4_000 });
  expect(planArrivals(first.next, 4_000, limits)).toMatchObject({ start: 1, waitMs: 4_000 });
});
