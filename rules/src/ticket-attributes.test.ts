import { expect, test } from "vitest";
import { parseRuleSet } from "./language/parse-rule-set.ts";
import { checkTicketAttributes } from "./ticket-attributes.ts";
import { player, redBlue } from "./tickets.fixture.ts";

const ruleSet = parseRuleSet(
  redBlue(1, 3, {
    playerAttributes: [
      { name: "skill", type: "number", default: 1000 },
      { name: "mode", type: "string" },
      { name: "perks", type: "string_list", default: [] },
      { name: "roles", type: "string_number_map", default: {} },
    ],
  }),
);

test("checkTicketAttributes() fills in defaults and lets undeclared attributes through", () => {
  const [checked] = checkTicketAttributes(ruleSet, [player("p", { mode: "duel", hat: "red" })]);
  expect(checked?.attributes).toEqual({ mode: "duel", hat: "red", skill: 1000, perks: [], roles: {} });
});

const rows = [
  { name: "a missing attribute without default", attributes: {}, field: "players[0].attributes.mode" },
  { name: "a number as string", attributes: { mode: "duel", skill: "9" }, field: "players[0].attributes.skill" },
  { name: "a string as number", attributes: { mode: 7 }, field: "players[0].attributes.mode" },
  { name: "a list as map", attributes: { mode: "duel", roles: ["a"] }, field: "players[0].attributes.roles" },
  { name: "a map as list", attributes: { mode: "duel", perks: { a: 1 } }, field: "players[0].attributes.perks" },
];
for (const { name, attributes, field } of rows) {
  test(`checkTicketAttributes() refuses ${name}`, () => {
    expect(() => checkTicketAttributes(ruleSet, [player("p", attributes)])).toThrow(
      expect.objectContaining({ reason: "ATTRIBUTE_INVALID", metadata: { field } }),
    );
  });
}
