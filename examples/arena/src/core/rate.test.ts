import { expect, test } from "vitest";
import { createBucket, takeToken } from "./rate.ts";

const rate = { perSecond: 10, burst: 3 };

/** How many messages at these times pass. */
function countPassed(timesMs: readonly number[]): number {
  let bucket = createBucket(rate, 0);
  let passed = 0;
  for (const nowMs of timesMs) {
    const next = takeToken(bucket, rate, nowMs);
    if (!next) continue;
    bucket = next;
    passed += 1;
  }
  return passed;
}

const rows = [
  { name: "a burst", timesMs: [0, 0, 0], passed: 3 },
  { name: "no more than a burst at once", timesMs: [0, 0, 0, 0, 0], passed: 3 },
  { name: "what refills", timesMs: [0, 0, 0, 0, 100, 100, 200], passed: 5 },
  { name: "no more than a burst after a long rest", timesMs: [0, 60_000, 60_000, 60_000, 60_000], passed: 4 },
  { name: "a steady stream", timesMs: Array.from({ length: 100 }, (_, i) => i * 100), passed: 100 },
  { name: "nothing more for a clock that runs backwards", timesMs: [500, 500, 500, 0, 400], passed: 3 },
];
for (const { name, timesMs, passed } of rows) {
  test(`takeToken() lets pass ${name}`, () => expect(countPassed(timesMs)).toBe(passed));
}
