import { MusterError } from "@muster/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { capacityOf, hasTeam, teamShapes } from "../team-shapes.ts";
import { equalSize, redBlue, skill } from "../tickets.fixture.ts";
import { checkRuleSet, parseRuleSet } from "./parse-rule-set.ts";

const namings = [
  {
    name: "numbers PGOS teams from one",
    document: {
      version: "v1.0",
      teams: [{ name: "red", minPlayers: 1, maxPlayers: 3, minQuantity: 2, maxQuantity: 2 }],
    },
    teams: ["red_001", "red_002"],
  },
  {
    name: "numbers PGOS teams up to their maximum quantity",
    document: { version: "v1.0", teams: [{ name: "red", minPlayers: 1, maxPlayers: 3, maxQuantity: 3 }] },
    teams: ["red_001", "red_002", "red_003"],
  },
  {
    name: "numbers GPM teams from zero",
    document: { version: "v1.0", teams: [{ name: "red", minPlayers: 1, maxPlayers: 3, number: [2, 2] }] },
    teams: ["red_000", "red_001"],
  },
  {
    name: "numbers FlexMatch teams from one without zeros",
    document: { ruleLanguageVersion: "1.0", teams: [{ name: "red", minPlayers: 1, maxPlayers: 3, quantity: 2 }] },
    teams: ["red_1", "red_2"],
  },
  {
    name: "leaves a team of quantity one its plain name",
    document: { version: "v1.0", teams: [{ name: "red", minPlayers: 1, maxPlayers: 3, number: [1, 1] }] },
    teams: ["red"],
  },
  { name: "takes a v1.0 document without quantities", document: redBlue(1, 3), teams: ["red", "blue"] },
];
for (const { name, document, teams } of namings) {
  test(`parseRuleSet() ${name}`, () => {
    const ruleSet = parseRuleSet(document);
    expect(teamShapes(ruleSet).map((team) => team.name)).toEqual(teams);
    expect(capacityOf(ruleSet)).toBe(teams.length * 3);
    expect(hasTeam(ruleSet, "red")).toBe(true);
    expect(hasTeam(ruleSet, teams.at(-1) ?? "")).toBe(true);
    expect(hasTeam(ruleSet, "green")).toBe(false);
  });
}

const rule = (more: object) =>
  redBlue(1, 3, { playerAttributes: [skill, mode, perks], rules: [{ name: "r", ...more }] });
const mode = { name: "mode", type: "string" };
const perks = { name: "perks", type: "string_list" };
const distance = { type: "distance", measurements: ["teams[*].players.playerAttributes[skill]"], referenceValue: 5 };
const measure = (measurement: string) => rule({ ...distance, measurements: [measurement], maxDistance: 5 });
const expansion = (target: string, ...values: unknown[]) => ({
  ...rule({ ...distance, maxDistance: 5 }),
  expansions: [{ target, steps: values.map((value, index) => ({ waitTimeSeconds: 10 + index, value })) }],
});

const gpm = (more: object) => ({
  version: "v1.0",
  teams: [{ name: "red", minPlayers: 1, maxPlayers: 3, number: [1, 1] }],
  ...more,
});

const refusals: readonly { name: string; document: unknown; path: string; message: string }[] = [
  { name: "text that is not JSON", document: "{", path: "$", message: "must be JSON" },
  { name: "a list", document: [], path: "$", message: "must be an object" },
  { name: "no version", document: {}, path: "$.version", message: 'must be "v1.0"' },
  { name: "another version", document: { ...redBlue(1, 3), version: "v2" }, path: "$.version", message: "v1.0" },
  { name: "no teams", document: { version: "v1.0" }, path: "$.teams", message: "must be a list of 1 to 64 items" },
  { name: "too long a text", document: { x: "x".repeat(65_535) }, path: "$", message: "at most 65535 characters" },
  {
    name: "lists in lists in lists",
    document: `{"version":"v1.0","teams":${"[".repeat(30_000)}${"]".repeat(30_000)}}`,
    path: "$",
    message: "must nest at most 32 deep",
  },
  {
    name: "a section that is there twice",
    document: `{"version":"v1.0","teams":[{"name":"red","minPlayers":1,"maxPlayers":3}],"rules":[],"rules" : []}`,
    path: "$.rules",
    message: "only the last would count",
  },
  {
    name: "a key that is there twice in a list, spelt in two ways",
    document: `{"version":"v1.0","teams":[{"name":"a,[","x":1},{"name":"red","min\\u0050layers":1,"minPlayers":1,"maxPlayers":3}]}`,
    path: "$.teams[1].minPlayers",
    message: "must be there once",
  },
  {
    name: "a number that JSON cannot hold",
    document: `{"version":"v1.0","teams":[{"name":"red","minPlayers":1,"maxPlayers":1e400}]}`,
    path: "$.teams[0].maxPlayers",
    message: "must be a whole number",
  },
  { name: "nothing for a rule", document: redBlue(1, 3, { rules: [null] }), path: "$.rules[0]", message: "an object" },
  ...["re\u200bd", "re\u202ed", "\ud800", "r\u0000d", "constructor", " red", "", 5, null].map((name) => ({
    name: `a team named ${JSON.stringify(name)}`,
    document: { version: "v1.0", teams: [{ name, minPlayers: 1, maxPlayers: 3 }] },
    path: "$.teams[0].name",
    message: "must be a name",
  })),
  {
    name: "a default with a reserved key",
    document: `{"version":"v1.0","playerAttributes":[{"name":"m","type":"string_number_map","default":{"__proto__":1}}],"teams":[{"name":"red","minPlayers":1,"maxPlayers":3}]}`,
    path: "$.playerAttributes[0].default",
    message: "must be a string_number_map",
  },
  {
    name: "a default that is no text",
    document: redBlue(1, 3, { playerAttributes: [{ name: "mode", type: "string", default: "\ud800" }] }),
    path: "$.playerAttributes[0].default",
    message: "must be a string",
  },
  {
    name: "a target in a list",
    document: {
      ...redBlue(1, 3),
      expansions: [{ target: ["teams[red].minPlayers"], steps: [{ waitTimeSeconds: 1, value: 1 }] }],
    },
    path: "$.expansions[0].target",
    message: "must be a target such as",
  },
  {
    name: "a team that a target names over and over",
    document: expansion(`teams[${"red,".repeat(9_999)}red].minPlayers`, 1),
    path: "$.expansions[0].target",
    message: "must name each team once",
  },
  { name: "a misspelt key", document: redBlue(1, 3, { ruels: [] }), path: "$.ruels", message: 'did you mean "rules"?' },
  { name: "a key __proto__", document: '{"version":"v1.0","__proto__":1}', path: "$.__proto__", message: "known key" },
  {
    name: "a team named __proto__",
    document: { version: "v1.0", teams: [{ name: "__proto__", minPlayers: 1, maxPlayers: 3 }] },
    path: "$.teams[0].name",
    message: "must be a name",
  },
  { name: "a maximum of zero", document: redBlue(0, 0), path: "$.teams[0].maxPlayers", message: "from 1 to 10000" },
  {
    name: "a minimum above the maximum",
    document: redBlue(4, 3),
    path: "$.teams[1].maxPlayers",
    message: "minPlayers",
  },
  { name: "more than 10,000 players", document: redBlue(1, 5_001), path: "$.teams", message: "at most 10000 players" },
  {
    name: "an expansion to more than 10,000 players",
    document: {
      ...redBlue(1, 3),
      expansions: [{ target: "teams[*].maxPlayers", steps: [{ waitTimeSeconds: 5, value: 5_001 }] }],
    },
    path: "$.expansions",
    message: "at most 10000 players",
  },
  {
    name: "ten thousand teams of ten thousand",
    document: { version: "v1.0", teams: [{ name: "red", minPlayers: 1, maxPlayers: 10_000, maxQuantity: 10_000 }] },
    path: "$.teams",
    message: "at most 10000 players",
  },
  {
    name: "one team over and over",
    document: measure(`count(teams[${"red,".repeat(2_000)}red].players)`),
    path: "$.rules[0].measurements[0]",
    message: "must name each team once",
  },
  {
    name: "two teams of one name",
    document: { version: "v1.0", teams: [redBlue(1, 3).teams[0], redBlue(1, 3).teams[0]] },
    path: "$.teams[1].name",
    message: "nothing else",
  },
  {
    name: "a team named like another's instance",
    document: {
      version: "v1.0",
      teams: [
        { name: "red", minPlayers: 1, maxPlayers: 3, minQuantity: 2 },
        { name: "red_002", minPlayers: 1, maxPlayers: 3 },
      ],
    },
    path: "$.teams",
    message: "as red's instances are named",
  },
  {
    name: "quantities of two dialects",
    document: { version: "v1.0", teams: [{ name: "red", minPlayers: 1, maxPlayers: 3, number: [1, 1], quantity: 2 }] },
    path: "$.teams[0].quantity",
    message: "known key",
  },
  {
    name: "a default of another type",
    document: redBlue(1, 3, { playerAttributes: [{ name: "skill", type: "number", default: "5" }] }),
    path: "$.playerAttributes[0].default",
    message: "must be a number",
  },
  {
    name: "hosted player data",
    document: redBlue(1, 3, { playerAttributes: [{ name: "skill", type: "number", key: "elo" }] }),
    path: "$.playerAttributes[0].key",
    message: "must be absent",
  },
  {
    name: "a latency rule without a latency",
    document: rule({ type: "latencyRule" }),
    path: "$.rules[0].maxLatency",
    message: "from 0 to 999999",
  },
  {
    name: "a latency distance without its reference",
    document: rule({ type: "latencyRule", maxLatency: 50, maxDistance: 10 }),
    path: "$.rules[0].distanceReference",
    message: "must be one of min, avg",
  },
  {
    name: "a batchDistance of a list",
    document: rule({ type: "batchDistance", batchAttribute: "perks", maxDistance: 1 }),
    path: "$.rules[0].batchAttribute",
    message: "not the string_list",
  },
  {
    name: "a batchDistance without bounds",
    document: rule({ type: "batchDistance", batchAttribute: "skill" }),
    path: "$.rules[0].maxDistance",
    message: "must be given",
  },
  {
    name: "a collection of strings",
    document: rule({
      type: "collection",
      measurements: ["flatten(teams[*].players.playerAttributes[mode])"],
      operation: "intersection",
      minCount: 1,
    }),
    path: "$.rules[0].measurements[0]",
    message: "must measure string_lists",
  },
  {
    name: "a collection that contains a list",
    document: rule({
      type: "collection",
      measurements: ["flatten(teams[*].players.playerAttributes[perks])"],
      operation: "contains",
      referenceValue: ["a"],
      minCount: 1,
    }),
    path: "$.rules[0].referenceValue",
    message: "must be a string",
  },
  {
    name: "an intersection with a reference",
    document: rule({
      type: "collection",
      measurements: ["flatten(teams[*].players.playerAttributes[perks])"],
      operation: "intersection",
      referenceValue: ["a"],
      minCount: 1,
    }),
    path: "$.rules[0].referenceValue",
    message: "must not be given",
  },
  {
    name: "a collection without bounds",
    document: rule({
      type: "collection",
      measurements: ["flatten(teams[*].players.playerAttributes[perks])"],
      operation: "intersection",
    }),
    path: "$.rules[0].minCount",
    message: "must be given unless maxCount is",
  },
  {
    name: "a sort by a list",
    document: rule({ type: "distanceSort", sortAttribute: "perks", sortDirection: "ascending" }),
    path: "$.rules[0].sortAttribute",
    message: "not the string_list",
  },
  {
    name: "a sort in no direction",
    document: rule({ type: "absoluteSort", sortAttribute: "skill", sortDirection: "up" }),
    path: "$.rules[0].sortDirection",
    message: "must be one of ascending, descending",
  },
  {
    name: "a compound of a rule that is not there",
    document: rule({ type: "compound", statement: "not(fare)" }),
    path: "$.rules[0].statement",
    message: "must name rules of the rule set",
  },
  {
    name: "a compound of itself",
    document: rule({ type: "compound", statement: "not(r)" }),
    path: "$.rules[0].statement",
    message: "a compound rule",
  },
  {
    name: "an operator of no such name",
    document: rule({ type: "compound", statement: "nor(a, b)" }),
    path: "$.rules[0].statement",
    message: 'did you mean "or"?',
  },
  {
    name: "a compound that does not end",
    document: rule({ type: "compound", statement: "or(a, b" }),
    path: "$.rules[0].statement",
    message: 'must have ")" at character 8',
  },
  {
    name: "a compound that nests too deep",
    document: rule({ type: "compound", statement: `${"not(".repeat(20)}a${")".repeat(20)}` }),
    path: "$.rules[0].statement",
    message: "at most 16 deep",
  },
  {
    name: "an unknown rule type",
    document: rule({ type: "distanc" }),
    path: "$.rules[0].type",
    message: 'did you mean "distance"?',
  },
  {
    name: "a distance without bounds",
    document: rule(distance),
    path: "$.rules[0].maxDistance",
    message: "must be given",
  },
  {
    name: "a distance of strings",
    document: rule({ ...distance, maxDistance: 1, measurements: ["teams[*].players[playerId]"] }),
    path: "$.rules[0].referenceValue",
    message: "must be a string as the measurements are",
  },
  {
    name: "an order of strings",
    document: rule({
      type: "comparison",
      measurements: ["teams[*].players[playerId]"],
      referenceValue: "a",
      operation: "<",
    }),
    path: "$.rules[0].operation",
    message: "measurements are strings",
  },
  {
    name: "an order without a reference",
    document: rule({ type: "comparison", measurements: ["count(teams[*].players)"], operation: "<" }),
    path: "$.rules[0].operation",
    message: "no referenceValue",
  },
  {
    name: "an average of strings",
    document: rule({
      type: "comparison",
      measurements: ["teams[*].players.playerAttributes[mode]"],
      operation: "=",
      partyAggregation: "avg",
    }),
    path: "$.rules[0].measurements[0]",
    message: "must be one of each, any",
  },
  {
    name: "an unknown team",
    document: measure("count(teams[rad].players)"),
    path: "$.rules[0].measurements[0]",
    message: 'did you mean "red"?',
  },
  {
    name: "an unknown attribute",
    document: measure("avg(teams[*].players.playerAttributes[skil])"),
    path: "$.rules[0].measurements[0]",
    message: 'did you mean "skill"?',
  },
  {
    name: "the path of another dialect",
    document: measure("avg(teams[*].players.attributes[skill])"),
    path: "$.rules[0].measurements[0]",
    message: "players.playerAttributes",
  },
  {
    name: "an unknown function",
    document: measure("agv(teams[*].players.playerAttributes[skill])"),
    path: "$.rules[0].measurements[0]",
    message: 'did you mean "avg"?',
  },
  {
    name: "a list where numbers or strings are measured",
    document: measure("flatten(teams[*].players.playerAttributes[perks])"),
    path: "$.rules[0].measurements[0]",
    message: "must measure numbers or strings",
  },
  {
    name: "an intersection of numbers",
    document: measure("set_intersection(teams[*].players.playerAttributes[skill])"),
    path: "$.rules[0].measurements[0]",
    message: "a list of string lists",
  },
  {
    name: "a function of one value",
    document: measure("max(count(teams[red].players))"),
    path: "$.rules[0].measurements[0]",
    message: "a list",
  },
  {
    name: "teams as measured values",
    document: measure("teams[*]"),
    path: "$.rules[0].measurements[0]",
    message: "measures teams",
  },
  {
    name: "an unclosed expression",
    document: measure("count(teams[*].players"),
    path: "$.rules[0].measurements[0]",
    message: 'must have ")" at character 23',
  },
  {
    name: "text behind an expression",
    document: measure("count(teams[red].players) + 1"),
    path: "$.rules[0].measurements[0]",
    message: "must end at character 27",
  },
  {
    name: "seventeen nested calls",
    document: measure(`${"flatten(".repeat(17)}teams[*].players${")".repeat(17)}`),
    path: "$.rules[0].measurements[0]",
    message: "at most 16 deep",
  },
  {
    name: "65 rules",
    document: redBlue(1, 3, { rules: Array.from({ length: 65 }, () => equalSize) }),
    path: "$.rules",
    message: "0 to 64",
  },
  {
    name: "an expansion of nothing",
    document: expansion("rules[x].maxDistance", 9),
    path: "$.expansions[0].target",
    message: "must name a rule",
  },
  {
    name: "an expansion of a name",
    document: expansion("rules[r].name", 9),
    path: "$.expansions[0].target",
    message: "must be one of",
  },
  {
    name: "an expansion of the algorithm to no strategy",
    document: expansion("algorithm.strategy", "x"),
    path: "$.expansions[0].steps[0].value",
    message: "must be one of exhaustiveSearch, balanced",
  },
  {
    name: "an expansion of whose age expands",
    document: expansion("algorithm.expansionAgeSelection", "oldest"),
    path: "$.expansions[0].target",
    message: "must be one of strategy",
  },
  {
    name: "an expansion to a sorted batch that sorts by nothing",
    document: expansion("algorithm.batchingPreference", "sorted"),
    path: "$.algorithm.sortByAttributes",
    message: "must name what a sorted batch sorts by",
  },
  {
    name: "an expanded minimum above the maximum",
    document: expansion("teams[*].minPlayers", 4),
    path: "$.expansions[0].steps[0].value",
    message: "at or below maxPlayers (3)",
  },
  {
    name: "an expanded value of another type",
    document: expansion("rules[r].maxDistance", "9"),
    path: "$.expansions[0].steps[0].value",
    message: "a number",
  },
  {
    name: "steps that go back in time",
    document: {
      ...redBlue(1, 3),
      expansions: [
        {
          target: "teams[red].minPlayers",
          steps: [
            { waitTimeSeconds: 9, value: 1 },
            { waitTimeSeconds: 9, value: 1 },
          ],
        },
      ],
    },
    path: "$.expansions[0].steps[1].waitTimeSeconds",
    message: "more than the step before",
  },
  {
    name: "a balanced strategy that balances nothing",
    document: { ruleLanguageVersion: "1.0", algorithm: { strategy: "balanced" }, teams: redBlue(1, 3).teams },
    path: "$.algorithm.balancedAttribute",
    message: "must name what a balanced search balances",
  },
  {
    name: "a batch that the strategy does not make",
    document: redBlue(1, 3, { algorithm: { batchingPreference: "fastestRegion" } }),
    path: "$.algorithm.batchingPreference",
    message: "must be one of random, sorted",
  },
  {
    name: "a balance of strings",
    document: redBlue(1, 3, { playerAttributes: [mode], algorithm: { balancedAttribute: "mode" } }),
    path: "$.algorithm.balancedAttribute",
    message: "must name a number",
  },
  {
    name: "an unknown priority",
    document: redBlue(1, 3, { algorithm: { backfillPriority: "lo" } }),
    path: "$.algorithm.backfillPriority",
    message: 'did you mean "low"?',
  },
  {
    name: "more attributes than GPM takes",
    document: gpm({ playerAttributes: Array.from({ length: 6 }, (_, index) => ({ ...skill, name: `a${index}` })) }),
    path: "$.playerAttributes",
    message: "0 to 5 items",
  },
  {
    name: "more rules than GPM takes",
    document: gpm({
      playerAttributes: [skill],
      rules: Array.from({ length: 11 }, (_, index) => ({ ...distance, name: `r${index}`, maxDistance: 1 })),
    }),
    path: "$.rules",
    message: "0 to 10 items",
  },
  {
    name: "more steps than GPM takes",
    document: gpm({
      expansions: [
        {
          target: "teams[red].minPlayers",
          steps: Array.from({ length: 11 }, (_, index) => ({ waitTimeSeconds: index, value: 1 })),
        },
      ],
    }),
    path: "$.expansions[0].steps",
    message: "1 to 10 items",
  },
];
for (const { name, document, path, message } of refusals) {
  test(`checkRuleSet() refuses ${name}`, () => {
    const problem = checkRuleSet(document).find((one) => one.path === path);
    expect(problem?.message, JSON.stringify(checkRuleSet(document))).toContain(message);
  });
}

const acceptances: readonly { name: string; document: unknown }[] = [
  {
    name: "a FlexMatch latency rule that only asks for a distance",
    document: {
      ...{ ruleLanguageVersion: "1.0", teams: redBlue(1, 3).teams },
      rules: [{ name: "l", type: "latency", maxDistance: 50, distanceReference: "min" }],
    },
  },
  {
    name: "plain values that begin like expressions",
    document: redBlue(1, 3, {
      playerAttributes: [mode],
      rules: ["teams of four", "players", "Dust (night)", "maximum"].map((referenceValue, index) => ({
        ...{ name: `r${index}`, type: "comparison", operation: "!=", referenceValue },
        measurements: ["flatten(teams[*].players.playerAttributes[mode])"],
      })),
    }),
  },
  {
    name: "white space in expressions",
    document: measure(" avg(\tflatten( teams[ red , blue ] . players . playerAttributes[ skill ] )\n) "),
  },
  {
    name: "names in any script",
    document: {
      version: "v1.0",
      teams: [
        { name: "красные 🔥", minPlayers: 1, maxPlayers: 3 },
        { name: "toString", minPlayers: 1, maxPlayers: 1 },
      ],
    },
  },
  { name: "equal keys of different objects", document: JSON.stringify(redBlue(1, 3)) },
];
for (const { name, document } of acceptances) {
  test(`checkRuleSet() takes ${name}`, () => expect(checkRuleSet(document)).toEqual([]));
}

test("parseRuleSet() reads −0 as 0", () => {
  const text = JSON.stringify(rule({ ...distance, referenceValue: 1, maxDistance: 2 }));
  const ruleSet = parseRuleSet(
    text.replace('"referenceValue":1', '"referenceValue":-0').replace('"maxDistance":2', '"maxDistance":-0'),
  );
  expect(ruleSet.tiers[0].rules[0]).toMatchObject({ reference: { value: 0 }, maxDistance: 0 });
  expect(JSON.stringify(checkRuleSet(text.replace("1000", "-0")))).toBe("[]");
  expect(Object.is(parseRuleSet(text.replace('"default":1000', '"default":-0')).attributes[0]?.default, 0)).toBe(true);
});

test("parseRuleSet() shows a number that JSON cannot hold as what it is", () => {
  const document = `{"version":"v1.0","teams":[{"name":"red","minPlayers":1,"maxPlayers":1e400}]}`;
  expect(catchError(() => parseRuleSet(document)).message).toContain("it is Infinity");
});

test("parseRuleSet() names every problem at once, each with its path and value", () => {
  const document = redBlue(1, 3, { rules: [{ ...equalSize, operation: "~" }], tems: 1 });
  document.teams.push({ name: "green", minPlayers: 1, maxPlayers: -1 });
  const error = catchError(() => parseRuleSet(document));
  expect(error.reason).toBe("RULE_SET_INVALID");
  expect(error.metadata.paths).toBe("$.tems,$.teams[2].maxPlayers,$.rules[0].operation");
  expect(error.message).toContain("$.teams[2].maxPlayers must be a whole number from 1 to 10000: it is -1");
});

test("parseRuleSet() reads JSON text as it reads what it parses to", () => {
  expect(parseRuleSet(JSON.stringify(redBlue(1, 3)))).toEqual(parseRuleSet(redBlue(1, 3)));
});

test("parseRuleSet() either parses or throws RULE_SET_INVALID, whatever it is given", () => {
  const words = fc.constantFrom("version", "v1.0", "teams", "rules", "name", "type", "__proto__", "steps", "target");
  const json = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 4 }, words, fc.integer(), fc.constant(null), tie("list"), tie("object")),
    list: fc.array(tie("any"), { maxLength: 3 }),
    object: fc.dictionary(words, tie("any"), { maxKeys: 5 }),
  })).object;
  fc.assert(
    fc.property(json, (more) => {
      const document = { ...redBlue(1, 3), ...more };
      const problems = checkRuleSet(document);
      if (problems.length === 0) parseRuleSet(document);
      else expect(catchError(() => parseRuleSet(document)).reason).toBe("RULE_SET_INVALID");
    }),
    { numRuns: 200 },
  );
});

function catchError(call: () => unknown): MusterError {
  try {
    call();
  } catch (error) {
    if (error instanceof MusterError) return error;
    throw error;
  }
  throw new Error("It did not throw");
}

test("parseRuleSet() takes brackets in strings for text", () => {
  const bracketed = { ...mode, default: `"\\${"[".repeat(100)}` };
  expect(() => parseRuleSet(JSON.stringify(redBlue(1, 3, { playerAttributes: [bracketed] })))).not.toThrow();
});

test("parseRuleSet() is soon done with the hints for hundreds of long misspelt words", () => {
  const playerAttributes = Array.from({ length: 64 }, (_, index) => ({
    name: `${"a".repeat(60)}${index}`,
    type: "number",
  }));
  const measurements = Array<string>(8).fill(`teams[red].players.playerAttributes[${"b".repeat(60)}]`);
  const rules = Array.from({ length: 64 }, (_, index) => ({
    ...{ name: `r${index}`, type: "comparisonRule", operation: "=", measurements },
  }));
  const started = process.cpuUsage();
  expect(checkRuleSet(redBlue(1, 3, { playerAttributes, rules }))).toHaveLength(512);
  // Of the processor's time, whatever else it does: about 300 ms, and 4,500 without the limits on hints.
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(2_500);
});
