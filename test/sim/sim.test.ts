import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import type { SeedReport } from "./command/report.ts";
import { runSeed } from "./run-seed.ts";

const TROUBLE_MS = 15_000;

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`Muster keeps its promises (repeat: npm run sim -- --seed ${seed} --seconds 15)`, {
    timeout: 120_000,
  }, async () => {
    const { failure, events } = await runSeed({ seed, troubleMs: TROUBLE_MS, liveness: true });
    if (failure) throw failure;
    expect(events).toBeGreaterThan(1_000);
  });
}

test("Muster keeps its promises while faults go on", { timeout: 120_000 }, async () => {
  const { failure } = await runSeed({ seed: 7, troubleMs: 60_000, liveness: false });
  if (failure) throw failure;
});

test("the same seed leaves the same trace, in another process too", { timeout: 120_000 }, async () => {
  const run = (seed: number) => runSeed({ seed, troubleMs: TROUBLE_MS, liveness: false });
  const worker = fork(
    fileURLToPath(new URL("./main.ts", import.meta.url)),
    ["--worker", "--seconds", String(TROUBLE_MS / 1_000), "--mode", "safety"],
    { execArgv: ["--conditions=@muster/source"] },
  );
  try {
    await once(worker, "message"); // It is ready.
    worker.send(8);
    const [[elsewhere], one, other, another] = await Promise.all([once(worker, "message"), run(8), run(8), run(9)]);
    expect(one.story).toEqual(other.story);
    expect([one.digest, other.digest]).toEqual([(elsewhere as SeedReport).digest, one.digest]);
    expect(another.digest).not.toBe(one.digest);
  } finally {
    worker.kill();
  }
});

test("no clock and no chance of the machine reaches the world", { timeout: 120_000 }, async () => {
  const used: string[] = [];
  const spies = [
    vi.spyOn(Date, "now").mockImplementation(() => used.push("Date.now")),
    vi.spyOn(Math, "random").mockImplementation(() => used.push("Math.random")),
  ];
  try {
    await runSeed({ seed: 10, troubleMs: 5_000, liveness: false });
    expect(used).toEqual([]);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});
