// A short storm; `npm run storm -- --seconds 60` is the long one.
import { expect, test } from "vitest";
import { runStorm } from "./run-storm.ts";

test("64 callers and one reader of the watch: nobody waits for anybody, whatever becomes of the reader", async () => {
  const report = await runStorm({ setters: 64, act: { rounds: 4 } });
  expect(report).toMatchObject({ calls: 3 * 64 * 4 * 3, refusals: [], fault: undefined, agrees: true });
}, 120_000);
