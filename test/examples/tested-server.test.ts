// The example of a tested server runs under Node's own test runner too.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ROOT } from "../tidy/sources.ts";

test("the tests for node:test pass", async () => {
  const file = "examples/tested-server/src/duels.node-test.ts";
  const flags = ["-C", "@muster/source", "--test", "--test-reporter=tap", file];
  const { stdout } = await promisify(execFile)(process.execPath, flags, {
    cwd: ROOT,
    // The runner of this test would be taken for the parent of that one.
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: "" },
  });
  expect(stdout).toMatch(/^# pass 1$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
});
