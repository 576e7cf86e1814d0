// What an expansion changes, told in the words of the document that asks for it.
import { expect, test } from "vitest";
import { parseRuleSet } from "../language/parse-rule-set.ts";
import { tierChanges } from "./tier-changes.ts";

const skill = { name: "skill", type: "number", default: 0 };
const maps = { name: "maps", type: "string_list", default: ["x"] };
const each = (name: string) => `teams[*].players.playerAttributes[${name}]`;
const near = { name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 25 };
const region = { name: "region", type: "latency", maxLatency: 50, maxDistance: 10, distanceReference: "min" };
const strong = {
  name: "strong",
  type: "comparison",
  measurements: [each("skill")],
  operation: ">=",
  referenceValue: 3,
};
const wanted = {
  ...{ name: "wanted", type: "collection", measurements: [each("maps")] },
  ...{ operation: "reference_intersection_count", referenceValue: ["x"], minCount: 1 },
};
const alike = { ...strong, name: "alike", operation: "=" };
const either = { name: "either", type: "compound", statement: "or(alike,strong)" };

type Row = {
  readonly rules: readonly object[];
  readonly target: string;
  readonly value: unknown;
  readonly says: string;
};

const rows: readonly Row[] = [
  { rules: [near], target: "rules[near].maxDistance", value: 50, says: "rules[near].maxDistance 25 → 50" },
  { rules: [region], target: "rules[region].maxLatency", value: 90, says: "rules[region].maxLatency 50 → 90" },
  { rules: [region], target: "rules[region].maxDistance", value: 20, says: "rules[region].maxDistance 10 → 20" },
  { rules: [strong], target: "rules[strong].referenceValue", value: 1, says: "rules[strong].referenceValue 3 → 1" },
  {
    rules: [wanted],
    target: "rules[wanted].referenceValue",
    value: ["x", "y"],
    says: "rules[wanted].referenceValue x → x, y",
  },
  {
    rules: [alike, strong, either],
    target: "rules[alike].referenceValue",
    value: 5,
    says: "rules[alike].referenceValue 3 → 5",
  },
  { rules: [], target: "teams[red].minPlayers", value: 1, says: "teams[red].minPlayers 2 → 1" },
  {
    rules: [],
    target: "algorithm.backfillPriority",
    value: "high",
    says: "algorithm.backfillPriority normal → high",
  },
  { rules: [near], target: "rules[near].maxDistance", value: 25, says: "" },
];

for (const { rules, target, value, says } of rows) {
  test(`tierChanges() tells ${says || "of nothing where the value stays"}`, () => {
    const { tiers } = parseRuleSet({
      version: "v1.0",
      playerAttributes: [skill, maps],
      teams: ["red", "blue"].map((name) => ({ name, minPlayers: 2, maxPlayers: 3 })),
      rules,
      expansions: [{ target, steps: [{ waitTimeSeconds: 5, value }] }],
    });
    const [before, after] = tiers;
    const changes = after ? tierChanges(before, after) : [];
    expect(changes.map((change) => `${change.target} ${change.from} → ${change.to}`).join()).toBe(says);
  });
}
