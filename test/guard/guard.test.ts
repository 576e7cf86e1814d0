// The guard under whoever comes: some seeds, and faults that have to be found.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { guardFaults } from "./guard-faults.ts";
import { runGuardWorld } from "./guard-world.ts";

/** What a run must have seen, or it has not tried it. */
const MET = [
  "startMatching: OK",
  "startMatching: OVERLOADED",
  "startMatching: CREDENTIALS_INVALID",
  "startMatching: NOT_PERMITTED",
  "cancelMatching: OK",
  "putConfiguration: OK",
  "putConfiguration: NOT_PERMITTED",
  "watchTickets: OVERLOADED",
  "watchTickets: CREDENTIALS_INVALID",
  "describeBackfill: CREDENTIALS_INVALID",
];

test("whoever calls reaches their own project, within what there is room for, and nothing else", async () => {
  const met = new Set<string>();
  for (let seed = 1; seed <= 4; seed += 1) {
    const { counts } = await runGuardWorld(seed);
    for (const name of Object.keys(counts)) met.add(name);
  }
  expect([...met]).toEqual(expect.arrayContaining(MET));
});

test("a planted fault is found", () => {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const command = ["-C", "@muster/source", main, "--seeds", "20", "--plant", guardFaults[0]?.name ?? ""];
  const { status, stdout } = spawnSync(process.execPath, command, { encoding: "utf8" });
  expect(stdout).toContain("X-TENANT");
  expect(status).toBe(1);
});
