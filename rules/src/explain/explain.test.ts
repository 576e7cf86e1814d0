import { expect, test } from "vitest";
import { parseRuleSet } from "../language/parse-rule-set.ts";
import { equalSize, redBlue, skill } from "../tickets.fixture.ts";
import { explainRuleSet, renderExplanation } from "./explain.ts";

const attributes = [skill, { name: "mode", type: "string" }, { name: "maps", type: "string_list" }];
const skills = "teams[*].players.playerAttributes[skill]";
const rows: readonly { readonly rule: object; readonly kinds: readonly string[] }[] = [
  { rule: equalSize, kinds: ["recipe"] },
  { rule: { type: "comparison", measurements: [`flatten(${skills})`], operation: "=" }, kinds: ["partition"] },
  { rule: { type: "comparison", measurements: [`flatten(${skills})`], operation: "!=" }, kinds: ["residual early"] },
  { rule: { type: "comparison", measurements: [skills], operation: ">", referenceValue: 5 }, kinds: ["admission"] },
  {
    rule: {
      type: "comparison",
      measurements: ["teams[red].players.playerAttributes[skill]"],
      operation: ">",
      referenceValue: 5,
    },
    kinds: ["residual early"],
  },
  {
    rule: {
      type: "distance",
      measurements: [`avg(${skills})`],
      referenceValue: `avg(flatten(${skills}))`,
      maxDistance: 5,
    },
    kinds: ["residual whole"],
  },
  {
    rule: { type: "distance", measurements: [skills], referenceValue: `avg(flatten(${skills}))`, maxDistance: 5 },
    kinds: ["window", "residual early"],
  },
  { rule: { type: "batchDistance", batchAttribute: "skill", maxDistance: 5 }, kinds: ["window"] },
  { rule: { type: "batchDistance", batchAttribute: "mode", maxDistance: 0 }, kinds: ["partition"] },
  { rule: { type: "latency", maxLatency: 50 }, kinds: ["mask"] },
  {
    rule: { type: "latency", maxLatency: 50, maxDistance: 5, distanceReference: "min" },
    kinds: ["mask", "residual whole"],
  },
  {
    rule: {
      type: "collection",
      measurements: ["flatten(teams[*].players.playerAttributes[maps])"],
      operation: "intersection",
      minCount: 1,
    },
    kinds: ["mask"],
  },
  { rule: { type: "absoluteSort", sortAttribute: "skill", sortDirection: "ascending" }, kinds: ["order"] },
];
for (const { rule, kinds } of rows) {
  test(`explainRuleSet() takes ${JSON.stringify(rule)} for ${kinds.join(" and ")}`, () => {
    const ruleSet = parseRuleSet(redBlue(1, 3, { playerAttributes: attributes, rules: [{ name: "r", ...rule }] }));
    const found = explainRuleSet(ruleSet).rules.flatMap(({ constraints }) => constraints);
    const words = found.map(({ kind, prunes }) =>
      kind === "residual" ? `residual ${prunes ? "early" : "whole"}` : kind,
    );
    expect(words).toEqual(kinds);
  });
}

test("explainRuleSet() takes a conjunction for its parts, and any other compound for a check of the whole", () => {
  const rules = [
    { name: "near", type: "latency", maxLatency: 50 },
    {
      name: "same",
      type: "comparison",
      measurements: ["flatten(teams[*].players.playerAttributes[mode])"],
      operation: "=",
    },
  ];
  const kindsOf = (statement: string) => {
    const all = [...rules, { name: "c", type: "compound", statement }];
    const { rules: explained } = explainRuleSet(
      parseRuleSet(redBlue(1, 3, { playerAttributes: attributes, rules: all })),
    );
    return explained.flatMap(({ constraints }) => constraints.map(({ kind }) => kind));
  };
  expect(kindsOf("and(near, same)")).toEqual(["mask", "partition"]);
  expect(kindsOf("or(near, same)")).toEqual(["residual"]);
});

const average = { name: "even", type: "distance", measurements: [`avg(${skills})`], referenceValue: 5, maxDistance: 5 };
const steps = (...values: readonly number[]) => values.map((value, index) => ({ waitTimeSeconds: 10 + index, value }));
const lints: readonly { readonly name: string; readonly document: object; readonly found: readonly string[] }[] = [
  { name: "nothing wrong", document: redBlue(1, 3, { rules: [equalSize] }), found: [] },
  {
    name: "no index",
    document: redBlue(1, 3, { playerAttributes: attributes, rules: [average] }),
    found: ["NO_INDEX $"],
  },
  {
    name: "sizes that no rule allows",
    document: redBlue(1, 3, {
      rules: [equalSize, { ...equalSize, name: "unequal", operation: "!=" }],
    }),
    found: ["NEVER_HOLDS $"],
  },
  {
    name: "a team that never fills",
    document: {
      version: "v1.0",
      teams: [
        { name: "red", minPlayers: 1, maxPlayers: 5 },
        { name: "blue", minPlayers: 1, maxPlayers: 3 },
      ],
      rules: [equalSize],
    },
    found: ["UNREACHABLE_TEAM_SIZE teams[red].maxPlayers"],
  },
  {
    name: "more sizes than can be told",
    document: {
      version: "v1.0",
      teams: [
        { name: "red", minPlayers: 1, maxPlayers: 5_000 },
        { name: "blue", minPlayers: 1, maxPlayers: 4_999 },
      ],
      rules: [equalSize],
    },
    found: ["TOO_MANY_TO_TELL $"],
  },
  {
    name: "what FlexMatch does not take in a large match",
    document: {
      ruleLanguageVersion: "1.0",
      teams: [{ name: "side", minPlayers: 1, maxPlayers: 150, quantity: 2 }],
      rules: [
        { name: "equal", type: "comparison", measurements: ["count(teams[*].players)"], operation: "=" },
        { name: "near", type: "latency", maxLatency: 50 },
      ],
    },
    found: ["BEYOND_DIALECT $", "BEYOND_DIALECT algorithm.strategy", "BEYOND_DIALECT rules[equal]"],
  },
  {
    name: "the newest clock's trap",
    document: redBlue(3, 3, { expansions: [{ target: "teams[*].minPlayers", steps: steps(2, 1) }] }),
    found: ["NEWEST_CLOCK_TRAP teams[red].minPlayers", "NEWEST_CLOCK_TRAP teams[blue].minPlayers"],
  },
  {
    name: "no trap by the oldest clock",
    document: redBlue(3, 3, {
      expansions: [{ target: "teams[*].minPlayers", steps: steps(2, 1) }],
      algorithm: { expansionAgeSelection: "oldest" },
    }),
    found: [],
  },
  {
    name: "a step that changes nothing",
    document: redBlue(1, 3, {
      rules: [{ name: "near", type: "latency", maxLatency: 50 }],
      expansions: [{ target: "rules[near].maxLatency", steps: steps(50, 60) }],
    }),
    found: ["LOOSENS_NOTHING $.expansions"],
  },
  {
    name: "a step that tightens",
    document: redBlue(1, 3, {
      rules: [{ name: "near", type: "latency", maxLatency: 50 }],
      expansions: [{ target: "rules[near].maxLatency", steps: steps(40) }],
    }),
    found: ["TIGHTENS rules[near].maxLatency"],
  },
];
for (const { name, document, found } of lints) {
  test(`explainRuleSet() warns of ${name}`, () => {
    const explained = explainRuleSet(parseRuleSet(document)).lints.map(({ code, at }) => `${code} ${at}`);
    expect(explained).toEqual(found);
  });
}

test("renderExplanation() says what is paid where", () => {
  const document = redBlue(3, 5, {
    playerAttributes: attributes,
    rules: [equalSize, { name: "near", type: "latency", maxLatency: 50 }],
    expansions: [{ target: "rules[near].maxLatency", steps: steps(90) }],
  });
  expect(renderExplanation(explainRuleSet(parseRuleSet(document)))).toEqual([
    "PGOS, up to 10 players: red of 3–5, blue of 3–5",
    "  equalsize  recipe: team sizes, all equal",
    "  near       mask: regions, one at 50 ms or less for all",
    "expands by the newest ticket's age at 10 s",
  ]);
});
