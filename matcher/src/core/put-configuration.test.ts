import { limits } from "@muster/proto";
import { parseRuleSet } from "@muster/rules";
import { expect, test } from "vitest";
import { createMatcherState } from "./matcher-state.ts";
import { decidePutRuleSet } from "./put-configuration.ts";

const document = JSON.stringify({ version: "v1.0", teams: [{ name: "red", minPlayers: 1, maxPlayers: 1 }] });

test("decidePutRuleSet() takes no more names than the limit, and new documents for those that are there", () => {
  const state = createMatcherState();
  const ruleSet = parseRuleSet(document);
  for (let index = 0; index < limits.RULE_SETS_MAX; index += 1) {
    state.ruleSets.set(`r${index}`, { document, ruleSet, version: 1, putAtWallMs: 0, fromArrival: 1, older: [] });
  }
  expect(() => decidePutRuleSet(state, { name: "one-more", document })).toThrow(
    expect.objectContaining({ reason: "OVERLOADED", metadata: { limit: String(limits.RULE_SETS_MAX) } }),
  );
  expect(decidePutRuleSet(state, { name: "r1", document })).toEqual([]);
  expect(decidePutRuleSet(state, { name: "r1", document: `${document} ` })).toHaveLength(1);
});
