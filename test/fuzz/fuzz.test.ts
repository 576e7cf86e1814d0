import { expect, test } from "vitest";
import { allTargets } from "./all-targets.ts";
import { writeInput } from "./input-text.ts";

for (const { name, about, hunt, shortRuns } of allTargets) {
  test(`${name} stands up to a short hunt: ${about} (repeat: npm run fuzz -- --target ${name})`, {
    timeout: 120_000,
  }, async () => {
    const { found } = await hunt({ seed: 1, runs: shortRuns });
    expect(found && `${found.why}\n${writeInput(found.input)}`).toBeUndefined();
  });
}
