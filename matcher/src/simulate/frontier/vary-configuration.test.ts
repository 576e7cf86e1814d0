import { expect, test } from "vitest";
import { parseVariation, varyConfiguration } from "./vary-configuration.ts";

const parsed = [
  { text: "rules[fair].maxDistance=50,100,200", target: "rules[fair].maxDistance", values: [50, 100, 200] },
  {
    text: "algorithm.strategy=balanced,exhaustiveSearch",
    target: "algorithm.strategy",
    values: ["balanced", "exhaustiveSearch"],
  },
  {
    text: "ruleSet.teams[0].number=[1,2],[2,2]",
    target: "ruleSet.teams[0].number",
    values: [
      [1, 2],
      [2, 2],
    ],
  },
  { text: "data=a=b", target: "data", values: ["a=b"] },
  { text: "autoBackfill=true, false", target: "autoBackfill", values: [true, false] },
];
for (const { text, target, values } of parsed) {
  test(`parseVariation() reads ${text}`, () => expect(parseVariation(text)).toEqual({ target, values }));
}

const refusedTexts = [
  "settleMs",
  "=1",
  "rules[].x=1",
  "rules[fair.maxDistance=1",
  "__proto__.x=1",
  `settleMs=${"1,".repeat(16)}1`,
];
for (const text of refusedTexts) {
  test(`parseVariation() refuses ${text.slice(0, 40)}`, () => {
    expect(() => parseVariation(text)).toThrow(expect.objectContaining({ reason: "FIELD_INVALID" }));
  });
}

const rules = [
  { name: "fair", maxDistance: 1 },
  { name: "near", maxLatency: 2 },
];
const expansions = [{ target: "rules[fair].maxDistance", steps: [{ waitTimeSeconds: 5, value: 9 }] }];
const teams = [
  { name: "red", minPlayers: 1 },
  { name: "blue", minPlayers: 1 },
];
const document = { name: "duel", ruleSet: { teams, rules, expansions } };
const [fair, near] = rules;
const [red, blue] = teams;

const varied = [
  { target: "settleMs", result: { ...document, settleMs: 7 } },
  { target: "rules[fair].maxDistance", ruleSet: { rules: [{ ...fair, maxDistance: 7 }, near] } },
  { target: "ruleSet.rules[1].maxLatency", ruleSet: { rules: [fair, { ...near, maxLatency: 7 }] } },
  { target: "algorithm.strategy", ruleSet: { algorithm: { strategy: 7 } } },
  { target: "teams[*].minPlayers", ruleSet: { teams: teams.map((team) => ({ ...team, minPlayers: 7 })) } },
  { target: "teams[red, blue].minPlayers", ruleSet: { teams: teams.map((team) => ({ ...team, minPlayers: 7 })) } },
  { target: "teams[blue].minPlayers", ruleSet: { teams: [red, { ...blue, minPlayers: 7 }] } },
  {
    target: "expansions[rules[fair].maxDistance].steps[0].waitTimeSeconds",
    ruleSet: { expansions: [{ target: expansions[0]?.target, steps: [{ waitTimeSeconds: 7, value: 9 }] }] },
  },
];
for (const { target, result, ruleSet } of varied) {
  test(`varyConfiguration() sets ${target}, and leaves the document that it was given`, () => {
    const before = structuredClone(document);
    const wanted = result ?? { ...document, ruleSet: { ...document.ruleSet, ...ruleSet } };
    expect(varyConfiguration(document, { target, value: 7 })).toEqual(wanted);
    expect(document).toEqual(before);
  });
}

const refused = [
  { target: "rules[fiar].maxDistance", says: 'did you mean "fair"?' },
  { target: "rules[2].maxDistance", says: "there are fair, near" },
  { target: "name[0]", says: "a path with a list before [0]" },
  { target: "rules.fair", says: 'a path through objects up to "fair"' },
];
for (const { target, says } of refused) {
  test(`varyConfiguration() refuses ${target}`, () => {
    expect(() => varyConfiguration(document, { target, value: 7 })).toThrow(says);
  });
}
