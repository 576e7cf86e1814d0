// What editors and the parser make of the same documents: the schema may know less, never something else.

import { checkRuleSet, ruleSetJsonSchema } from "@muster/rules";
import { expect, test } from "vitest";
import { z } from "zod";

const skill = { name: "skill", type: "number", default: 1000 };
const equalSize = { name: "equal", type: "comparisonRule", measurements: ["count(teams[*].players)"], operation: "=" };
const redBlue = (min: number, max: number, more: object) => ({
  version: "v1.0",
  teams: ["red", "blue"].map((name) => ({ name, minPlayers: min, maxPlayers: max })),
  ...more,
});

const schema = z.fromJSONSchema(ruleSetJsonSchema as Parameters<typeof z.fromJSONSchema>[0]);
const read = (rule: object) => redBlue(1, 3, { playerAttributes: [skill, maps], rules: [{ name: "r", ...rule }] });
const maps = { name: "maps", type: "string_list" };
const listed = "flatten(teams[*].players.playerAttributes[maps])";
const latency = { type: "latencyRule", maxLatency: 50 };
const rows: readonly { readonly name: string; readonly document: object; readonly legal: boolean }[] = [
  { name: "a PGOS document", document: redBlue(1, 3, { rules: [equalSize], algorithm: {} }), legal: true },
  { name: "its own schema", document: redBlue(1, 3, { $schema: "rule-set.schema.json" }), legal: true },
  {
    name: "a GPM document",
    document: { version: "v1.0", teams: [{ name: "t", minPlayers: 1, maxPlayers: 2, number: [2, 2] }] },
    legal: true,
  },
  {
    name: "a FlexMatch document",
    document: {
      ruleLanguageVersion: "1.0",
      name: "x",
      teams: [{ name: "t", minPlayers: 1, maxPlayers: 2, quantity: 2 }],
    },
    legal: true,
  },
  { name: "latency", document: read(latency), legal: true },
  { name: "latency without its limit", document: read({ type: "latency" }), legal: false },
  { name: "a negative latency", document: read({ ...latency, maxLatency: -1 }), legal: false },
  { name: "another type's key", document: read({ ...latency, statement: "not(r)" }), legal: false },
  { name: "an unknown type", document: read({ type: "nearby" }), legal: false },
  {
    name: "a collection",
    document: read({
      type: "collection",
      measurements: [listed],
      operation: "contains",
      referenceValue: "a",
      minCount: 1,
    }),
    legal: true,
  },
  {
    name: "a collection by no operation",
    document: read({ type: "collection", measurements: [listed], operation: "=", minCount: 1 }),
    legal: false,
  },
  { name: "a misspelt key", document: redBlue(1, 3, { ruels: [] }), legal: false },
  { name: "no teams", document: { version: "v1.0" }, legal: false },
  { name: "another version", document: { ...redBlue(1, 3, {}), version: "v2" }, legal: false },
];
for (const { name, document, legal } of rows) {
  test(`the JSON Schema ${legal ? "takes" : "refuses"} ${name}, as the parser does`, () => {
    expect(schema.safeParse(document).success).toBe(legal);
    expect(checkRuleSet(document).length === 0).toBe(legal);
  });
}
