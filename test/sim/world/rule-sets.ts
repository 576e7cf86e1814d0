// The rule sets that a seed's players are matched by: plain teams, or some of the demands that the matcher's engine pays for in
// different ways, with expansions, by either clock.
import type { Chance } from "../engine/chance.ts";

const skills = "teams[*].players.playerAttributes[skill]";

/** Demands by how the engine pays for them. */
const RULES = {
  /** A window along an axis. */
  near: { name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 1 },
  /** A window of which some have no value: wild tickets. */
  rating: {
    name: "rating",
    type: "distance",
    measurements: ["max(flatten(teams[*].players.playerAttributes[ratings][arena]))"],
    referenceValue: "min(flatten(teams[*].players.playerAttributes[ratings][arena]))",
    maxDistance: 2,
  },
  /** A partition; who differs within a party is in no match. */
  mode: {
    name: "mode",
    type: "comparison",
    measurements: ["flatten(teams[*].players.playerAttributes[mode])"],
    operation: "=",
  },
  /** A partition of which some have no value. */
  patch: {
    name: "patch",
    type: "comparison",
    measurements: ["flatten(teams[*].players.playerAttributes[ratings][patch])"],
    operation: "=",
  },
  /** What all share: a lane for each. */
  maps: {
    name: "maps",
    type: "collection",
    measurements: ["flatten(teams[*].players.playerAttributes[maps])"],
    operation: "intersection",
    minCount: 1,
  },
  region: { name: "region", type: "latency", maxLatency: 60 },
  /** What one ticket keeps or breaks alone. */
  strong: { name: "strong", type: "comparison", measurements: [skills], operation: ">=", referenceValue: 2 },
  /** What only looking tells. */
  balance: {
    name: "balance",
    type: "distance",
    measurements: ["avg(teams[red].players.playerAttributes[skill])"],
    referenceValue: "avg(teams[blue].players.playerAttributes[skill])",
    maxDistance: 1,
  },
  /** What only looking tells, and only at the end. */
  uneven: {
    name: "uneven",
    type: "distance",
    measurements: ["avg(teams[red].players.playerAttributes[skill])"],
    referenceValue: "avg(teams[blue].players.playerAttributes[skill])",
    minDistance: 2,
  },
  average: {
    name: "average",
    type: "distance",
    measurements: [skills],
    referenceValue: `avg(flatten(${skills}))`,
    maxDistance: 1,
  },
} as const;
export type RuleName = keyof typeof RULES;

const EXPANSIONS: Partial<Record<RuleName, (key: string) => readonly [waitTimeSeconds: number, value: number][]>> = {
  near: () => [
    [1, 2],
    [2, 4],
  ],
  rating: () => [[2, 4]],
  region: () => [
    [1, 100],
    [2, 300],
  ],
  strong: () => [[2, 0]],
  balance: () => [[3, 3]],
};
const TARGETS: Partial<Record<RuleName, string>> = {
  near: "rules[near].maxDistance",
  rating: "rules[rating].maxDistance",
  region: "rules[region].maxLatency",
  strong: "rules[strong].referenceValue",
  balance: "rules[balance].maxDistance",
};

/** At most one of each makes lanes by what is shared, or buckets. */
const ALTERNATIVES: readonly (readonly RuleName[])[] = [
  ["near", "rating"],
  ["maps", "region"],
  ["balance", "average"],
  ["balance", "uneven"],
  ["average", "uneven"],
];

/** What a rule set asks for beside numbers of players. */
export type Flavour = {
  readonly rules: readonly RuleName[];
  readonly expands: boolean;
  readonly age: "newest" | "oldest";
  readonly backfillPriority: "normal" | "low" | "high";
  /** Matches are full ones only. */
  readonly isFixed: boolean;
  /** Where matches are not full: fewer do after a while. */
  readonly shrinks: boolean;
  /** An attribute that not everybody brings: who waits without it is in no match. */
  readonly needsRank: boolean;
};

export const PLAIN: Flavour = {
  rules: [],
  expands: false,
  age: "newest",
  backfillPriority: "normal",
  isFixed: false,
  shrinks: false,
  needsRank: false,
};

export function drawFlavour(chance: Chance): Flavour {
  const names = Object.keys(RULES).filter((name): name is RuleName => name in RULES);
  // A fifth are ladders: full matches of who is near, all of which is counted and nothing searched.
  const isLadder = chance.happens(0.2);
  const drawn = chance.happens(0.25) ? [] : names.filter((name) => name !== "uneven" && chance.happens(0.25));
  const ladder: readonly RuleName[] = chance.happens(0.5) ? ["near"] : ["near", "mode"];
  const chosen = isLadder ? ladder : drawn;
  const isRepeat = (name: RuleName) =>
    ALTERNATIVES.some((pair) => pair.includes(name) && chosen.some((other) => other !== name && pair[0] === other));
  return {
    rules: chosen.filter((name) => !isRepeat(name)),
    expands: chance.happens(0.7),
    age: chance.pick(["newest", "oldest"]),
    backfillPriority: chance.pick(["normal", "normal", "low", "high"]),
    isFixed: isLadder || chance.happens(0.3),
    shrinks: chance.happens(0.3),
    needsRank: false,
  };
}

/** For many who wait together: full matches that are counted, or that a first look does not find. */
export function drawRushFlavour(chance: Chance): Flavour {
  const rules: readonly RuleName[] = chance.pick([
    ["near"],
    ["near", "mode"],
    ["average"],
    ["balance", "strong"],
  ] as const);
  return { ...PLAIN, rules, isFixed: true, expands: chance.happens(0.5), age: chance.pick(["newest", "oldest"]) };
}

export type Shape = {
  /** Seats of one of the two teams. */
  readonly teamSize: number;
  /** As many in both. */
  readonly isEven: boolean;
};

/** The rule set as a document. */
export function writeRuleSet(flavour: Flavour, { teamSize, isEven }: Shape): string {
  const { rules, expands, age, backfillPriority, isFixed, shrinks, needsRank } = flavour;
  const least = isFixed || shrinks ? teamSize : 1;
  const team = (name: string) => ({
    name,
    minPlayers: least,
    maxPlayers: teamSize,
    minQuantity: 1,
    maxQuantity: 1,
  });
  const even = { name: "even", type: "comparisonRule", measurements: ["count(teams[*].players)"], operation: "=" };
  const rank = {
    name: "rank",
    type: "comparison",
    measurements: ["teams[*].players.playerAttributes[rank]"],
    operation: ">=",
    referenceValue: 0,
  };
  const ruled = rules.map((name) => RULES[name]);
  const steps = expands
    ? rules.flatMap((name) => {
        const target = TARGETS[name];
        const list = EXPANSIONS[name]?.(name);
        return target && list
          ? [{ target, steps: list.map(([waitTimeSeconds, value]) => ({ waitTimeSeconds, value })) }]
          : [];
      })
    : [];
  const fewer =
    shrinks && !isFixed && teamSize > 1
      ? ["red", "blue"].map((name) => ({
          target: `teams[${name}].minPlayers`,
          steps: [{ waitTimeSeconds: 2, value: 1 }],
        }))
      : [];
  const attributes = [
    ...(rules.length > 0
      ? [
          { name: "skill", type: "number", default: 0 },
          { name: "mode", type: "string", default: "a" },
          { name: "maps", type: "string_list", default: ["x"] },
          { name: "ratings", type: "string_number_map", default: {} },
        ]
      : []),
    ...(needsRank ? [{ name: "rank", type: "number" }] : []),
  ];
  return JSON.stringify({
    version: "v1.0",
    ...(attributes.length > 0 && { playerAttributes: attributes }),
    teams: [team("red"), team("blue")],
    rules: [...(isEven ? [even] : []), ...ruled, ...(needsRank ? [rank] : [])],
    ...([...steps, ...fewer].length > 0 && { expansions: [...steps, ...fewer] }),
    algorithm: { expansionAgeSelection: age, backfillPriority },
  });
}
