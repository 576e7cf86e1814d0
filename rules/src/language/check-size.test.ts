import { expect, test } from "vitest";
import { equalSize, redBlue, skill } from "../tickets.fixture.ts";
import { checkRuleSet } from "./parse-rule-set.ts";

const path = { FLEXMATCH: "players.attributes", PGOS: "players.playerAttributes" };
const everybodys = `flatten(teams[*].${path.PGOS}[skill])`;
const roles = `flatten(teams[*].${path.PGOS}[roles])`;
const maps = `flatten(teams[*].${path.PGOS}[maps])`;
const playerAttributes = [skill, { name: "roles", type: "string_list" }, { name: "maps", type: "string_list" }];

/** Red and blue of `most` each under one rule. */
const teamsUnder = (most: number, rule: object, more: object = {}) =>
  redBlue(1, most, { playerAttributes, rules: [{ name: "r", ...rule }], ...more });

const rules: readonly { name: string; rule: object; most: 40 | 200 | 10_000 }[] = [
  { name: "equal sizes", rule: equalSize, most: 10_000 },
  { name: "a skill for all", rule: { type: "comparison", measurements: [everybodys], operation: "=" }, most: 10_000 },
  {
    name: "a least skill",
    rule: { type: "comparison", measurements: [everybodys], operation: ">=", referenceValue: 5 },
    most: 10_000,
  },
  { name: "near skills", rule: { type: "batchDistance", batchAttribute: "skill", maxDistance: 9 }, most: 10_000 },
  { name: "a region", rule: { type: "latency", maxLatency: 90 }, most: 10_000 },
  {
    name: "a map that all want",
    rule: { type: "collection", measurements: [maps], operation: "intersection", minCount: 1 },
    most: 10_000,
  },
  {
    name: "an order",
    rule: { type: "distanceSort", sortDirection: "ascending", sortAttribute: "skill" },
    most: 10_000,
  },
  { name: "different skills", rule: { type: "comparison", measurements: [everybodys], operation: "!=" }, most: 200 },
  {
    name: "few healers",
    rule: {
      ...{ type: "collection", measurements: [roles], operation: "contains" },
      ...{ referenceValue: "healer", maxCount: 2 },
    },
    most: 200,
  },
  {
    name: "near the average",
    rule: { type: "distance", measurements: [everybodys], referenceValue: `avg(${everybodys})`, maxDistance: 9 },
    most: 200,
  },
  {
    name: "a healer",
    rule: {
      ...{ type: "collection", measurements: [roles], operation: "contains" },
      ...{ referenceValue: "healer", minCount: 1 },
    },
    most: 40,
  },
  {
    name: "fair averages",
    rule: {
      ...{ type: "distance", measurements: [`avg(teams[*].${path.PGOS}[skill])`] },
      ...{ referenceValue: `avg(${everybodys})`, maxDistance: 9 },
    },
    most: 40,
  },
  {
    name: "a region about as near for all",
    rule: { type: "latency", maxLatency: 90, maxDistance: 10, distanceReference: "avg" },
    most: 40,
  },
];
for (const { name, rule, most } of rules) {
  test(`checkRuleSet() takes ${name} for ${most} players and no more`, () => {
    expect(checkRuleSet(teamsUnder(most / 2, rule))).toEqual([]);
    if (most === 10_000) return;
    const problems = checkRuleSet(teamsUnder(most / 2 + 1, rule));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.path).toBe("$.rules[0].type");
    expect(problems[0]?.value).toBe(Reflect.get(rule, "type"));
    expect(problems[0]?.message).toContain(`the teams hold ${most + 2}: "r" looks at`);
  });
}

test("checkRuleSet() reports each rule that asks too much of a large match, and those of its expansions", () => {
  const fair = rules.find(({ name }) => name === "fair averages")?.rule;
  const healer = rules.find(({ name }) => name === "a healer")?.rule;
  const document = redBlue(1, 20, {
    ...{
      playerAttributes,
      rules: [
        { name: "fair", ...fair },
        { ...equalSize, name: "any" },
        { name: "heal", ...healer },
      ],
    },
    expansions: [{ target: "teams[red].maxPlayers", steps: [{ waitTimeSeconds: 9, value: 21 }] }],
  });
  expect(checkRuleSet(document).map((problem) => problem.path)).toEqual(["$.rules[0].type", "$.rules[2].type"]);
});

test("checkRuleSet() takes a compound of a large match that shows early that it is broken, and no other", () => {
  const near = { name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 9 };
  const differ = { name: "differ", type: "comparison", measurements: [everybodys], operation: "!=" };
  const least = {
    name: "least",
    type: "comparison",
    measurements: [`sum(${everybodys})`],
    operation: ">",
    referenceValue: 9,
  };
  const compound = (statement: string) =>
    redBlue(1, 50, { playerAttributes, rules: [differ, least, { name: "both", type: "compound", statement }, near] });
  const pathsOf = (statement: string) => checkRuleSet(compound(statement)).map((problem) => problem.path);
  expect(pathsOf("or(differ, least)")).toEqual(["$.rules[2].type"]);
  expect(pathsOf("not(differ)")).toEqual(["$.rules[1].type", "$.rules[2].type"]);
  expect(pathsOf("or(differ, and(differ, differ))")).toEqual(["$.rules[1].type"]);
});

const large: readonly { name: string; document: object }[] = [
  {
    name: "FlexMatch's large match",
    document: {
      ruleLanguageVersion: "1.0",
      playerAttributes: [
        { name: "skill", type: "number", default: 5 },
        { name: "mode", type: "string" },
      ],
      algorithm: { strategy: "balanced", balancedAttribute: "skill", batchingPreference: "fastestRegion" },
      teams: [{ name: "side", minPlayers: 40, maxPlayers: 100, quantity: 2 }],
      rules: [
        { name: "near", type: "latency", maxLatency: 150 },
        { name: "skills", type: "batchDistance", batchAttribute: "skill", maxDistance: 100, partyAggregation: "avg" },
        { name: "modes", type: "batchDistance", batchAttribute: "mode", maxDistance: 1 },
      ],
      expansions: [{ target: "rules[near].maxLatency", steps: [{ waitTimeSeconds: 10, value: 300 }] }],
    },
  },
  {
    name: "a battle royale of 100",
    document: {
      version: "v1.0",
      teams: [{ name: "squad", minPlayers: 1, maxPlayers: 4, minQuantity: 15, maxQuantity: 25 }],
    },
  },
  {
    name: "a lobby of 1,000",
    document: { version: "v1.0", teams: [{ name: "lobby", minPlayers: 1, maxPlayers: 1_000 }] },
  },
  {
    name: "a GPM world of 10,000",
    document: { version: "v1.0", teams: [{ name: "world", minPlayers: 1, maxPlayers: 100, number: [100, 100] }] },
  },
];
for (const { name, document } of large) {
  test(`checkRuleSet() takes ${name}`, () => expect(checkRuleSet(document)).toEqual([]));
}
