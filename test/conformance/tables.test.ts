// docs/conformance.md shows every check, in the words of the command.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GAME_CHECKS, SIDECAR_CHECKS } from "@muster/cli";
import { expect, test } from "vitest";
import { ROOT } from "../tidy/sources.ts";

const page = readFileSync(join(ROOT, "docs/conformance.md"), "utf8");

for (const [check, says] of [...Object.entries(SIDECAR_CHECKS), ...Object.entries(GAME_CHECKS)]) {
  test(`the page on conformance tells of ${check}: ${says.slice(0, 40)}`, () => {
    expect(page).toContain(`| \`${check}\` | ${says} |`);
  });
}
