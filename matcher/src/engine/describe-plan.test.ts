import { parseRuleSet } from "@muster/rules";
import { expect, test } from "vitest";
import { describePlan, renderPlan } from "./describe-plan.ts";

const skills = "teams[*].players.playerAttributes[skill]";
const rules = {
  near: { name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 100 },
  level: { name: "level", type: "batchDistance", batchAttribute: "level", maxDistance: 5 },
  mode: {
    ...{ name: "mode", type: "comparison", operation: "=" },
    measurements: ["flatten(teams[*].players.playerAttributes[mode])"],
  },
  average: {
    ...{ name: "average", type: "distance", maxDistance: 10 },
    ...{ measurements: [skills], referenceValue: `avg(flatten(${skills}))` },
  },
  region: { name: "region", type: "latency", maxLatency: 80 },
  strong: { name: "strong", type: "comparison", measurements: [skills], operation: ">", referenceValue: 5 },
  equal: { name: "equal", type: "comparison", measurements: ["count(teams[*].players)"], operation: "=" },
} as const;

const rows: readonly { readonly names: readonly (keyof typeof rules)[]; readonly matches: string }[] = [
  { names: [], matches: "counted" },
  { names: ["near", "mode", "region", "strong", "equal"], matches: "counted" },
  { names: ["average"], matches: "counted first" },
  { names: ["near", "level"], matches: "searched" },
];

function ruleSetOf(names: readonly (keyof typeof rules)[]) {
  return parseRuleSet({
    version: "v1.0",
    playerAttributes: [
      { name: "skill", type: "number" },
      { name: "level", type: "number" },
      { name: "mode", type: "string" },
    ],
    teams: ["red", "blue"].map((name) => ({ name, minPlayers: 1, maxPlayers: 5 })),
    rules: names.map((name) => rules[name]),
  });
}

for (const { names, matches } of rows) {
  test(`describePlan() says that matches by ${names.join(", ") || "no rule"} are ${matches}`, () => {
    const plan = describePlan(ruleSetOf(names));
    expect(plan.matches).toBe(matches);
    // Every rule is paid for somewhere.
    expect(new Set(plan.steps.flatMap((step) => step.rules))).toEqual(new Set(names));
  });
}

test("renderPlan() says what is paid where", () => {
  expect(renderPlan(ruleSetOf(["near", "mode", "equal"]))).toEqual([
    "the engine: matches of up to 10 players are counted",
    "  mode: lanes: only tickets of one lane are in a match together; costs a look-up",
    "  near: buckets of 50 along the lane; costs the tickets near by",
    "  equal: teams and parties by their numbers; costs an answer remembered for each combination of parties",
  ]);
});
