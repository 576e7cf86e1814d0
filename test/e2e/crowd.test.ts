// The crowd in small: no seat is ever given twice, whatever its bots do. How fast seats are filled again is `npm run crowd`'s to say.
import { expect, test } from "vitest";
import { runCrowd } from "../crowd/run-crowd.ts";

test("S-CAPACITY: servers never count more players than they have seats, while bots come, leave, vanish and return", async () => {
  const { overCapacity, servers, deeds } = await runCrowd(
    { servers: 3, bots: 40, seconds: 8, seed: 7, stayMs: { least: 500, most: 2_000 } },
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
  expect(overCapacity).toEqual([]);
  expect(servers).toBeGreaterThanOrEqual(3);
  expect(deeds.leaves).toBeGreaterThan(0);
});
