import { expect, test } from "vitest";
import { restAfterMs } from "./round-rest.ts";

const rows = [
  { name: "does not rest after a round that found something", round: { found: 1, tookMs: 60 }, restMs: 0 },
  { name: "does not rest after a look at next to nothing", round: { found: 0, tookMs: 0.1 }, restMs: 0 },
  { name: "rests for a while after a look in vain", round: { found: 0, tookMs: 2.4 }, restMs: 7 },
  { name: "never keeps a pool waiting for long", round: { found: 0, tookMs: 5_000 }, restMs: 1_000 },
] as const;

for (const { name, round, restMs } of rows) {
  test(`restAfterMs() ${name}`, () => expect(restAfterMs(round)).toBe(restMs));
}
