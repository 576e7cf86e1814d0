// The rule sets of the benchmark, as documents that the parser reads.
import { parseRuleSet, type RuleSet } from "@muster/rules";

const attribute = (name: string, type: "string" | "number") => ({ name, type });
const ATTRIBUTES = [
  attribute("skill", "number"),
  attribute("region", "string"),
  attribute("mode", "string"),
  attribute("map", "string"),
];
const sameOf = (name: string) => ({
  ...{ name, type: "comparison", operation: "=" },
  measurements: [`flatten(teams[*].players.attributes[${name}])`],
});
const near = { name: "near", type: "batchDistance", batchAttribute: "skill", maxDistance: 100 };
const averages = {
  ...{ name: "averages", type: "distance", maxDistance: 10 },
  measurements: ["avg(teams[*].players.attributes[skill])"],
  referenceValue: "avg(flatten(teams[*].players.attributes[skill]))",
};
const reachable = { name: "reachable", type: "latency", maxLatency: 100 };

const twoTeamsOf = (players: number) =>
  ["red", "blue"].map((name) => ({ name, minPlayers: players, maxPlayers: players }));

const documentOf = (attributes: readonly string[], players: number, rules: readonly object[]) => ({
  ...{ name: "bench", ruleLanguageVersion: "1.0", teams: twoTeamsOf(players), rules },
  playerAttributes: ATTRIBUTES.filter(({ name }) => attributes.includes(name)),
});

export const documents = {
  /** 5v5, region and mode equal, skill spread at most 100: what the figures speak of. */
  pool: documentOf(["skill", "region", "mode"], 5, [sameOf("region"), sameOf("mode"), near]),
  /** The same, and one map: thousands of lanes, each too thin for many matches. */
  standing: documentOf(["skill", "region", "mode", "map"], 5, [sameOf("region"), sameOf("mode"), sameOf("map"), near]),
  /** Nothing but that the teams' averages are within 10 of everybody's: nothing to index. */
  averages: documentOf(["skill"], 5, [averages]),
  /** Lanes and buckets, and the averages on top of them. */
  indexedAverages: documentOf(["skill", "region", "mode"], 5, [sameOf("region"), sameOf("mode"), near, averages]),
  /** One region within 100 ms for everybody, of sixteen. */
  latency: documentOf(["skill"], 5, [near, reachable]),
  large: documentOf(["skill", "region", "mode"], 50, [sameOf("region"), sameOf("mode"), near]),
} as const;

export type DocumentName = keyof typeof documents;

export function ruleSetOf(name: DocumentName): RuleSet {
  return parseRuleSet(JSON.stringify(documents[name]));
}
