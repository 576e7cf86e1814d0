import { expect, test } from "vitest";
import { capAfter, type LatencyPolicy, loosensAfterMs } from "./latency-policy.ts";

const policy = (maxIndividualLatencyMs: number, seconds?: number): LatencyPolicy => ({
  maxIndividualLatencyMs,
  durationMs: seconds === undefined ? undefined : seconds * 1_000,
});
const steps = [policy(50, 120), policy(100, 120), policy(150)];

const rows = [
  { name: "bars nothing without policies", policies: [], seconds: 0, cap: Number.POSITIVE_INFINITY },
  { name: "begins with the lowest", policies: steps, seconds: 0, cap: 50 },
  { name: "keeps the lowest for its time", policies: steps, seconds: 119.999, cap: 50 },
  { name: "goes on to the next when its time is over", policies: steps, seconds: 120, cap: 100 },
  { name: "counts times one after the other", policies: steps, seconds: 240, cap: 150 },
  { name: "keeps the last for the rest", policies: steps, seconds: 599, cap: 150 },
  { name: "keeps the last even past a time of its own", policies: [policy(80, 5)], seconds: 60, cap: 80 },
];

for (const { name, policies, seconds, cap } of rows) {
  test(`capAfter() ${name}`, () => expect(capAfter(policies, seconds * 1_000)).toBe(cap));
}

test("loosensAfterMs() tells the beginning of every cap but the first that holds within the time", () => {
  expect(loosensAfterMs(steps, 600_000)).toEqual([120_000, 240_000]);
  expect(loosensAfterMs(steps, 240_000)).toEqual([120_000]);
  expect(loosensAfterMs([policy(80, 5)], 60_000)).toEqual([]);
});
