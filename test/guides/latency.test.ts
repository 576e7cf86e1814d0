// The guide to latency: its files are read as they stand, its commands exist, and it leaves out no field.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { invariant } from "@muster/kit";
import { parseFleetConfig, regionsSchema } from "@muster/mock-fleet";
import { expect, test } from "vitest";
import { z } from "zod";
import { ROOT } from "../tidy/sources.ts";
import { countRuns } from "./read-commands.ts";
import { findShellCommands } from "./shell-commands.ts";

const guide = readFileSync(join(ROOT, "docs/guides/latency.md"), "utf8");
const files = [...guide.matchAll(/^```json\n(?<text>[^`]*)```$/gm)].map(({ groups }) => JSON.parse(groups?.text ?? ""));

test("the guide has files and commands", () => {
  expect(files.length).toBe(2);
  expect(findShellCommands(guide).length).toBe(2);
});

for (const [index, sections] of files.entries()) {
  test(`file ${index + 1} of the guide is one that the fleet reads`, () => {
    const config = parseFleetConfig({ path: "/game/muster.json", directory: "/game", sections });
    expect(config.regions?.length).toBe(sections.regions.length);
  });
}

for (const command of findShellCommands(guide)) {
  test(`the command line knows \`muster ${command}\``, async () => {
    expect(await countRuns(command)).toBe(1);
  });
}

test("the guide names every field of a region and of a beacon", () => {
  const schema = z.toJSONSchema(regionsSchema, { io: "input" });
  const { items } = schema;
  invariant(typeof items === "object" && !Array.isArray(items) && items.properties, "regions are a list of objects");
  const { beacon } = items.properties;
  invariant(typeof beacon === "object" && beacon.properties, "a beacon is an object");
  const fields = [...Object.keys(items.properties), ...Object.keys(beacon.properties)];
  expect(fields.filter((field) => !new RegExp(`\`(?:beacon)?\\.?${field}\``).test(guide))).toEqual([]);
});
