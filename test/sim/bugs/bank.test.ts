import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BANK } from "./bank.ts";
import { hunt } from "./run-bank.ts";

const ROOT = new URL("../../../", import.meta.url);

test("every planted fault has a name of its own", () => {
  expect(new Set(BANK.map((fault) => fault.name)).size).toBe(BANK.length);
  expect(BANK.length).toBeGreaterThanOrEqual(25);
});

for (const { name, patches } of BANK) {
  test(`"${name}" finds its place in the sources, once`, () => {
    for (const { file, find, replace } of patches) {
      expect(readFileSync(new URL(file, ROOT), "utf8").split(find), file).toHaveLength(2);
      expect(replace).not.toBe(find);
    }
  });
}

// The whole bank takes minutes (npm run sim -- --bank); these two show that faults are planted, and that they are found.
for (const [name, promise] of [
  ["an answer does not wait for the disk", "T-NO-LOSS"],
  ["a log line holds a secret", "X-SECRET"],
] as const) {
  test(`"${name}" breaks ${promise}`, { timeout: 60_000 }, async () => {
    expect(await hunt(name, 30)).toMatchObject({ name, caughtBy: promise });
  });
}
