// Rule sets that are good, one in each dialect and with everything that the language has: what bad ones are made from.

const rules = [
  { name: "equal", type: "comparisonRule", measurements: ["count(teams[*].players)"], operation: "=" },
  {
    name: "fair",
    type: "distanceRule",
    measurements: ["avg(teams[*].players.playerAttributes[skill])"],
    referenceValue: "avg(flatten(teams[*].players.playerAttributes[skill]))",
    maxDistance: 100,
  },
  {
    name: "veterans",
    type: "comparisonRule",
    measurements: ["min(flatten(teams[red,blue].players.playerAttributes[skill]))"],
    operation: ">=",
    referenceValue: 10,
  },
];

const pgos = {
  version: "v1.0",
  playerAttributes: [
    { name: "skill", type: "number", default: 10 },
    { name: "mode", type: "string", default: "any" },
    { name: "maps", type: "string_list", default: ["dust"] },
    { name: "modes", type: "string_number_map", default: { ctf: 1 } },
  ],
  teams: [
    { name: "red", minPlayers: 1, maxPlayers: 3, minQuantity: 1, maxQuantity: 2 },
    { name: "blue", minPlayers: 1, maxPlayers: 3 },
  ],
  rules,
  expansions: [
    {
      target: "rules[fair].maxDistance",
      steps: [
        { waitTimeSeconds: 5, value: 200 },
        { waitTimeSeconds: 15, value: 500 },
      ],
    },
    { target: "teams[red].minPlayers", steps: [{ waitTimeSeconds: 10, value: 1 }] },
  ],
  algorithm: { expansionAgeSelection: "oldest" },
};

const gpm = {
  version: "v1.0",
  playerAttributes: [{ name: "skill", type: "number", default: 10 }],
  teams: [{ name: "squad", minPlayers: 1, maxPlayers: 4, number: [2, 3] }],
  rules: [{ ...rules[0], measurements: ["count(teams[*].players)"] }],
};

const flexMatch = {
  name: "flex",
  ruleLanguageVersion: "1.0",
  playerAttributes: [{ name: "skill", type: "number", default: 10 }],
  teams: [
    { name: "red", minPlayers: 1, maxPlayers: 5, quantity: 1 },
    { name: "blue", minPlayers: 1, maxPlayers: 5, quantity: 1 },
  ],
  rules: [
    {
      name: "equal",
      type: "comparison",
      measurements: ["count(teams[red].players)"],
      referenceValue: "count(teams[blue].players)",
      operation: "=",
    },
    {
      name: "fair",
      type: "distance",
      measurements: ["avg(teams[red].players.attributes[skill])"],
      referenceValue: "avg(teams[blue].players.attributes[skill])",
      maxDistance: 100,
    },
  ],
  expansions: [{ target: "rules[fair].maxDistance", steps: [{ waitTimeSeconds: 5, value: 200 }] }],
  algorithm: { strategy: "exhaustiveSearch", batchingPreference: "random", expansionAgeSelection: "newest" },
};

/** Documents that `checkRuleSet` has no remarks about. */
export const ruleSetDocuments: readonly unknown[] = [pgos, gpm, flexMatch];

/** The same as texts. */
export const ruleSetTexts: readonly string[] = ruleSetDocuments.map((document) => JSON.stringify(document));

/** Words that the language knows, for places where others stand. */
export const ruleSetWords: readonly unknown[] = [
  ...[
    "comparisonRule",
    "distanceRule",
    "comparison",
    "distance",
    "batchDistance",
    "absoluteSort",
    "latency",
    "compound",
  ],
  ...[
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "min",
    "max",
    "avg",
    "each",
    "any",
    "number",
    "string",
    "string_list",
    "string_number_map",
  ],
  ...["teams[*]", "teams[red]", "teams[red,blue].players", "flatten(teams[*].players)", "count(teams[*].players)"],
  ...["median(teams[*].players.playerAttributes[skill])", "sum(flatten(teams[*].players.playerAttributes[skill]))"],
  ...[
    "teams[red].players[playerId]",
    "teams[red].players.playerAttributes[mode]",
    "stddev(teams[*].players.playerAttributes[skill])",
  ],
  ...[
    "rules[fair].maxDistance",
    "rules[*].maxDistance",
    "teams[red].maxPlayers",
    "teams[*].minPlayers",
    "rules[equal].referenceValue",
  ],
  "count(".repeat(20),
  "flatten(".repeat(3_000),
  "teams[".repeat(3_000),
  0,
  1,
  3,
  100,
  1_000,
];
