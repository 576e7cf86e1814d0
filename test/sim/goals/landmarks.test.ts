import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LANDMARKS } from "./landmarks.ts";

const ROOT = new URL("../../../", import.meta.url);

for (const { name, patches } of LANDMARKS) {
  test(`"${name}" finds its place in the sources, once`, () => {
    for (const { file, find, replace } of patches) {
      expect(readFileSync(new URL(file, ROOT), "utf8").split(find), file).toHaveLength(2);
      expect(replace).not.toBe(find);
    }
  });
}
