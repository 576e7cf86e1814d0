import { type Attributes, parseId, type TicketId } from "@muster/proto";
import { expect, test } from "vitest";
import { judge } from "./judge.ts";
import { parseRuleSet } from "./language/parse-rule-set.ts";
import type { SeatedTeam } from "./roster.ts";
import { equalSize, player, redBlue, seats, skill } from "./tickets.fixture.ts";

const attributes = [skill, { name: "mode", type: "string", default: "duel" }];
const withRule = (rule: object) =>
  parseRuleSet(redBlue(0, 3, { playerAttributes: attributes, rules: [{ name: "r", ...rule }] }));

/** Red and blue with the skills given; a list in the list is a party. */
function skills(red: readonly (number | number[])[], blue: readonly (number | number[])[]): readonly SeatedTeam[] {
  return withAttributes(red, blue, (value) => ({ skill: value }));
}

function withAttributes<Value>(
  red: readonly (Value | Value[])[],
  blue: readonly (Value | Value[])[],
  read: (value: Value) => Attributes,
): readonly SeatedTeam[] {
  const teams = [
    { name: "red", members: red },
    { name: "blue", members: blue },
  ];
  return teams.map(({ name, members }) => ({
    name,
    players: members.flatMap((member, index) => {
      const values = Array.isArray(member) ? member : [member];
      const ticketId = parseId<TicketId>("ticketId", `${name}.${index}`);
      return values.map((value, seat) => ({ ...player(`${name}.${index}.${seat}`, read(value)), ticketId }));
    }),
  }));
}

const values = "teams[*].players.playerAttributes[skill]";
const comparison = { type: "comparison" };
const distance = { type: "distance" };
const rows = [
  {
    name: "equal counts",
    rule: { ...comparison, measurements: ["count(teams[*].players)"], operation: "=" },
    legal: [skills([1, 2], [3, 4]), skills([], [])],
    illegal: [skills([1, 2], [3])],
  },
  {
    name: "equal counts over two measurements",
    rule: { ...comparison, measurements: ["count(teams[red].players)", "count(teams[blue].players)"], operation: "=" },
    legal: [skills([1], [3])],
    illegal: [skills([1, 2], [3])],
  },
  {
    name: "all different",
    rule: { ...comparison, measurements: [`flatten(${values})`], operation: "!=" },
    legal: [skills([1, 2], [3])],
    illegal: [skills([1, 2], [1])],
  },
  {
    name: "all the same, nested lists flattened",
    rule: { ...comparison, measurements: [values], operation: "=" },
    legal: [skills([5, 5], [5])],
    illegal: [skills([5, 5], [6, 6])],
  },
  {
    name: "each value against a number",
    rule: { ...comparison, measurements: [values], referenceValue: 5, operation: ">=" },
    legal: [skills([5, 6], [7])],
    illegal: [skills([5, 6], [4])],
  },
  {
    name: "each value below, above or at a number",
    rule: { ...comparison, measurements: [values], referenceValue: 5, operation: "<" },
    legal: [skills([4], [1])],
    illegal: [skills([4], [5])],
  },
  {
    name: "a value that may not occur",
    rule: { ...comparison, measurements: [values], referenceValue: 5, operation: "!=" },
    legal: [skills([4], [6])],
    illegal: [skills([4], [5])],
  },
  {
    name: "one team's count against another's",
    rule: {
      ...comparison,
      measurements: ["count(teams[red].players)"],
      referenceValue: "count(teams[blue].players)",
      operation: "<=",
    },
    legal: [skills([1], [1]), skills([1], [1, 2])],
    illegal: [skills([1, 2], [1])],
  },
  {
    name: "lists item by item",
    rule: {
      ...comparison,
      measurements: ["teams[red].players.playerAttributes[skill]"],
      referenceValue: "teams[blue].players.playerAttributes[skill]",
      operation: ">",
    },
    legal: [skills([2, 9], [1, 8])],
    illegal: [skills([2, 7], [1, 8]), skills([2], [1, 1])],
  },
  {
    name: "each player against the average of the own team",
    rule: { ...distance, measurements: [values], referenceValue: `avg(${values})`, maxDistance: 10 },
    legal: [skills([100, 110], [500, 520]), skills([100], [])],
    illegal: [skills([100, 130], [500, 520])],
  },
  {
    name: "team averages against the match's",
    rule: { ...distance, measurements: [`avg(${values})`], referenceValue: `avg(flatten(${values}))`, maxDistance: 50 },
    legal: [skills([100, 300], [200, 200]), skills([100], [200])],
    illegal: [skills([100, 100], [220, 220])],
  },
  {
    name: "a least distance",
    rule: { ...distance, measurements: [`sum(${values})`], referenceValue: 100, minDistance: 10 },
    legal: [skills([50, 60], [40, 50])],
    illegal: [skills([50, 55], [10])],
  },
  {
    name: "the best players' distance",
    rule: {
      ...distance,
      measurements: [`max(teams[red].players.playerAttributes[skill])`],
      referenceValue: `max(teams[blue].players.playerAttributes[skill])`,
      maxDistance: 5,
    },
    legal: [skills([1, 10], [12]), skills([1], [])],
    illegal: [skills([1, 10], [16])],
  },
  {
    name: "least, median and spread",
    rule: {
      ...comparison,
      measurements: [`min(${values})`, `median(${values})`, `stddev(${values})`],
      referenceValue: 3,
      operation: "<=",
    },
    legal: [skills([1, 3, 5], [2, 4]), skills([3, 3], [])],
    illegal: [skills([4], [1]), skills([1, 4, 5], [1]), skills([0, 0, 9], [1])],
  },
  {
    name: "a count of all players",
    rule: {
      ...comparison,
      measurements: ["count(flatten(teams[red,blue].players))"],
      referenceValue: 3,
      operation: ">=",
    },
    legal: [skills([1, 2], [3])],
    illegal: [skills([1], [3])],
  },
  {
    name: "player ids",
    rule: {
      ...comparison,
      measurements: ["flatten(teams[*].players[playerId])"],
      referenceValue: "red.0.0",
      operation: "!=",
    },
    legal: [skills([], [3])],
    illegal: [skills([1], [3])],
  },
  {
    name: "parties by their members one by one",
    rule: { ...comparison, measurements: [values], referenceValue: 10, operation: "<=" },
    legal: [skills([[10, 2]], [])],
    illegal: [skills([[11, 2]], [])],
  },
  {
    name: "parties by their average",
    rule: { ...comparison, measurements: [values], referenceValue: 10, operation: "<=", partyAggregation: "avg" },
    legal: [skills([[18, 2]], [10])],
    illegal: [skills([[19, 2]], []), skills([18, 2], [])],
  },
  {
    name: "parties by their best",
    rule: { ...comparison, measurements: [values], referenceValue: 10, operation: "=", partyAggregation: "max" },
    legal: [skills([[10, 2]], [10])],
    illegal: [skills([[11, 10]], [])],
  },
  {
    name: "parties by their weakest",
    rule: { ...comparison, measurements: [values], referenceValue: 10, operation: "=", partyAggregation: "min" },
    legal: [skills([[10, 12]], [10])],
    illegal: [skills([[9, 10]], [])],
  },
  {
    name: "parties by any one member",
    rule: { ...comparison, measurements: [values], referenceValue: 10, operation: "=", partyAggregation: "any" },
    legal: [skills([[10, 2]], [10])],
    illegal: [skills([[2, 10]], [])],
  },
  {
    name: "strings",
    rule: { ...comparison, measurements: ["flatten(teams[*].players.playerAttributes[mode])"], operation: "=" },
    legal: [withAttributes(["duel"], ["duel"], (mode) => ({ mode }))],
    illegal: [withAttributes(["duel"], ["race"], (mode) => ({ mode }))],
  },
  {
    name: "a string against a plain one",
    rule: {
      ...comparison,
      measurements: ["teams[red].players.playerAttributes[mode]"],
      referenceValue: "race",
      operation: "=",
    },
    legal: [withAttributes(["race"], ["duel"], (mode) => ({ mode })), skills([], [1])],
    illegal: [withAttributes(["duel"], ["race"], (mode) => ({ mode }))],
  },
] as const;

for (const { name, rule, legal, illegal } of rows) {
  test(`judge() knows ${name}`, () => {
    const ruleSet = withRule(rule);
    for (const teams of legal) expect(judge(ruleSet, teams)).toEqual([]);
    for (const teams of illegal) expect(judge(ruleSet, teams)).toMatchObject([{ type: "RULE", name: "r" }]);
  });
}

const squads = parseRuleSet({
  version: "v1.0",
  teams: [{ name: "squad", minPlayers: 2, maxPlayers: 4, minQuantity: 2, maxQuantity: 3 }],
  rules: [equalSize],
});
const quantities = [
  { name: "takes two squads of two to three", teams: seats({ squad_001: 2, squad_002: 2 }), about: [] },
  { name: "takes three", teams: seats({ squad_001: 2, squad_002: 2, squad_003: 2 }), about: [] },
  { name: "takes any two", teams: seats({ squad_001: 0, squad_002: 3, squad_003: 3 }), about: [] },
  { name: "wants the second", teams: seats({ squad_003: 2 }), about: ["squad_001", "equalsize"] },
  {
    name: "wants the minimum of each",
    teams: seats({ squad_001: 1, squad_002: 1 }),
    about: ["squad_001", "squad_002"],
  },
  {
    name: "refuses more than the maximum",
    teams: seats({ squad_001: 5, squad_002: 5 }),
    about: ["squad_001", "squad_002"],
  },
  { name: "refuses a team it does not know", teams: seats({ squad_001: 2, squad_002: 2, red: 1 }), about: ["red"] },
];
for (const { name, teams, about } of quantities) {
  test(`judge() of two to three squads ${name}`, () => {
    expect(judge(squads, teams).map((violation) => violation.name)).toEqual(about);
  });
}

test("judge() takes a template's name for all its instances", () => {
  const rule = { name: "r", type: "comparison", measurements: ["count(teams[squad].players)"], operation: "=" };
  const ruleSet = parseRuleSet({
    version: "v1.0",
    teams: [
      { name: "squad", minPlayers: 1, maxPlayers: 4, minQuantity: 2 },
      { name: "boss", minPlayers: 1, maxPlayers: 4 },
    ],
    rules: [rule],
  });
  expect(judge(ruleSet, seats({ squad_001: 2, squad_002: 2, boss: 1 }))).toEqual([]);
  expect(judge(ruleSet, seats({ squad_001: 2, squad_002: 1, boss: 1 }))).toMatchObject([{ name: "r" }]);
});

test("judge() finds players seated twice and players without an attribute that rules read", () => {
  const ruleSet = parseRuleSet(
    redBlue(1, 3, {
      playerAttributes: [{ name: "skill", type: "number" }],
      rules: [{ name: "r", ...distance, measurements: [values], referenceValue: 5, maxDistance: 1 }],
    }),
  );
  const one = player("p1", { skill: 5 });
  expect(
    judge(ruleSet, [
      { name: "red", players: [one] },
      { name: "blue", players: [one] },
    ]),
  ).toMatchObject([{ type: "PLAYER", name: "p1" }]);
  expect(
    judge(ruleSet, [
      { name: "red", players: [one] },
      { name: "blue", players: [player("p2")] },
    ]),
  ).toMatchObject([{ type: "PLAYER", name: "p2" }]);
});

// Appendix C of the domain reference: one rule set in three dialects.
const shared = { name: "fair", maxDistance: 50 };
const widening = [{ target: "rules[fair].maxDistance", steps: [{ waitTimeSeconds: 10, value: 150 }] }];
const fairBy = (path: string, type: string) => ({
  ...shared,
  type,
  measurements: [`avg(teams[*].players.${path}[skill])`],
  referenceValue: `avg(flatten(teams[*].players.${path}[skill]))`,
});
const dialects = [
  {
    name: "GPM",
    teams: ["team_000", "team_001"],
    hasEqualSize: false,
    document: {
      version: "v1.0",
      teams: [{ name: "team", minPlayers: 2, maxPlayers: 3, number: [2, 2] }],
      rules: [fairBy("playerAttributes", "distanceRule")],
    },
  },
  {
    name: "PGOS",
    teams: ["team_001", "team_002"],
    hasEqualSize: true,
    document: {
      version: "v1.0",
      teams: [{ name: "team", minPlayers: 2, maxPlayers: 3, minQuantity: 2, maxQuantity: 2 }],
      rules: [fairBy("playerAttributes", "distanceRule"), equalSize],
    },
  },
  {
    name: "FlexMatch",
    teams: ["team_1", "team_2"],
    hasEqualSize: true,
    document: {
      ruleLanguageVersion: "1.0",
      teams: [{ name: "team", minPlayers: 2, maxPlayers: 3, quantity: 2 }],
      rules: [fairBy("attributes", "distance"), { ...equalSize, type: "comparison" }],
    },
  },
];
for (const { name, teams, hasEqualSize, document } of dialects) {
  test(`judge() reads one rule set alike in the dialect of ${name}`, () => {
    const ruleSet = parseRuleSet({ ...document, playerAttributes: [skill], expansions: widening });
    const [first = "", second = ""] = teams;
    const roster = (left: number[], right: number[]) => {
      const [red, blue] = skills(left, right);
      return [
        { name: first, players: red?.players ?? [] },
        { name: second, players: blue?.players ?? [] },
      ];
    };
    const isLegal = (seated: readonly SeatedTeam[], ageMs = 0) => judge(ruleSet, seated, { ageMs }).length === 0;
    expect(isLegal(roster([1000, 1040], [1100, 1120]))).toBe(true);
    expect(isLegal(roster([1000, 1000], [1120, 1120]))).toBe(false);
    expect(isLegal(roster([1000, 1000], [1120, 1120]), 9_999)).toBe(false);
    expect(isLegal(roster([1000, 1000], [1120, 1120]), 10_000)).toBe(true);
    expect(isLegal(roster([1000, 1000], [1000, 1000, 1000]))).toBe(!hasEqualSize);
    expect(isLegal(roster([1000], [1000, 1000]))).toBe(false);
  });
}

test("judge() averages a party by default where FlexMatch does, and leaves its strings alone", () => {
  const ruleSet = parseRuleSet({
    ruleLanguageVersion: "1.0",
    playerAttributes: attributes,
    teams: redBlue(0, 3).teams,
    rules: [
      {
        name: "cap",
        type: "comparison",
        measurements: ["teams[*].players.attributes[skill]"],
        referenceValue: 10,
        operation: "<=",
      },
      {
        name: "mode",
        type: "comparison",
        measurements: ["flatten(teams[*].players.attributes[mode])"],
        operation: "=",
      },
    ],
  });
  expect(judge(ruleSet, skills([[18, 2]], []))).toEqual([]);
  const mixed = withAttributes([["duel", "race"]], [], (mode) => ({ mode, skill: 1 }));
  expect(judge(ruleSet, mixed)).toMatchObject([{ name: "mode" }]);
});

test("judge() expands team sizes unless told not to", () => {
  const ruleSet = parseRuleSet(
    redBlue(3, 3, { expansions: [{ target: "teams[*].minPlayers", steps: [{ waitTimeSeconds: 5, value: 1 }] }] }),
  );
  const one = seats({ red: 1, blue: 1 });
  expect(judge(ruleSet, one, { ageMs: 4_999 })).toHaveLength(2);
  expect(judge(ruleSet, one, { ageMs: 5_000 })).toEqual([]);
  expect(judge(ruleSet, one, { ageMs: 5_000, expandTeamSizes: false })).toHaveLength(2);
});
