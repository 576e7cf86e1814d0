import fc from "fast-check";
import { expect, test } from "vitest";
import { drawnRosters, drawnRuleSets } from "./compile/generated-rules.fixture.ts";
import { judgeRules } from "./judge.ts";
import { parseRuleSet } from "./language/parse-rule-set.ts";
import { survivesLeavers } from "./survives-leavers.ts";
import { equalSize, redBlue, skill } from "./tickets.fixture.ts";

const skills = "flatten(teams[*].players.playerAttributes[skill])";
const rows = [
  { name: "no rules", rules: [], survives: true },
  { name: "a latency for everybody", rules: [{ type: "latencyRule", maxLatency: 100 }], survives: true },
  {
    name: "a latency near the average",
    rules: [{ type: "latencyRule", maxLatency: 100, maxDistance: 9, distanceReference: "avg" }],
    survives: false,
  },
  { name: "equal team sizes", rules: [equalSize], survives: false },
  {
    name: "a bound for each player",
    rules: [{ type: "comparisonRule", measurements: [skills], operation: ">=", referenceValue: 3 }],
    survives: true,
  },
  {
    name: "a distance from the average",
    rules: [{ type: "distanceRule", measurements: [skills], referenceValue: `avg(${skills})`, maxDistance: 3 }],
    survives: false,
  },
];
for (const { name, rules, survives } of rows) {
  test(`survivesLeavers() is ${survives} for ${name}`, () => {
    const named = rules.map((rule, index) => ({ ...rule, name: `r${index}` }));
    const ruleSet = parseRuleSet(redBlue(1, 3, { playerAttributes: [skill], rules: named }));
    expect(survivesLeavers(ruleSet)).toBe(survives);
  });
}

test("a roster that is allowed stays so when players leave, wherever survivesLeavers() says it", () => {
  let tried = 0;
  fc.assert(
    fc.property(drawnRuleSets, drawnRosters, fc.infiniteStream(fc.boolean()), (ruleSet, whole, chance) => {
      const [{ rules }] = ruleSet.tiers;
      for (const rule of rules) {
        const alone = { ...ruleSet, tiers: [{ ...ruleSet.tiers[0], rules: [rule] }] as const };
        if (!survivesLeavers(alone) || judgeRules([rule], whole).length > 0) continue;
        const rest = whole.map((team) => ({ ...team, players: team.players.filter(() => chance.next().value) }));
        tried += 1;
        expect(judgeRules([rule], rest)).toEqual([]);
      }
    }),
    { numRuns: 4_000, seed: 5 },
  );
  expect(tried).toBeGreaterThan(500);
}, 60_000);
