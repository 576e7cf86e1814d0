// What editors and the reader make of the same populations: the schema may know less, never something else.

import { readFileSync } from "node:fs";
import { populationSchema, readPopulation } from "@muster/matcher";
import { expect, test } from "vitest";
import { z } from "zod";
import { listFiles, ROOT } from "./sources.ts";

const schema = z.fromJSONSchema(
  z.toJSONSchema(populationSchema, { io: "input" }) as Parameters<typeof z.fromJSONSchema>[0],
);
const least = { durationSeconds: 60, arrivals: [{ fromSecond: 0, ticketsPerSecond: 1 }] };
const refused = [
  { name: "no arrivals", document: { durationSeconds: 60 } },
  { name: "a misspelt key", document: { ...least, partySize: { "1": 1 } } },
  { name: "a party of nobody", document: { ...least, partySizes: { "0": 1 } } },
  {
    name: "an unknown distribution",
    document: { ...least, attributes: { x: { type: "number", distribution: { type: "flat" } } } },
  },
];
for (const { name, document } of refused) {
  test(`the JSON Schema refuses ${name}, as the reader does`, () => {
    expect(schema.safeParse(document).success).toBe(false);
    expect(() => readPopulation(document)).toThrow(expect.objectContaining({ reason: "CONFIG_INVALID" }));
  });
}

for (const path of listFiles(["examples/rule-sets/*/population.json"])) {
  test(`the JSON Schema takes ${path}, as the reader does`, () => {
    const document: unknown = JSON.parse(readFileSync(ROOT + path, "utf8"));
    expect(schema.safeParse(document).error).toBeUndefined();
    expect(readPopulation(document)).toBeDefined();
  });
}
