import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { SDK_VERSION } from "./sdk-version.ts";

test("the SDK names itself with its package's version", async () => {
  const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  expect(SDK_VERSION).toBe(version);
});
