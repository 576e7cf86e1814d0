// All rule types by name. A new one is a line in `Rules`, a line in `ruleTypes`, and its file.
import { type BatchDistanceRule, batchDistance } from "./batch-distance.ts";
import { type CollectionRule, collection } from "./collection.ts";
import { type ComparisonRule, comparison } from "./comparison.ts";
import { type CompoundRule, compound } from "./compound.ts";
import { type DistanceRule, distance } from "./distance.ts";
import { type LatencyRule, latency } from "./latency.ts";
import type { RuleType } from "./rule-type.ts";
import { type AbsoluteSortRule, absoluteSort, type DistanceSortRule, distanceSort } from "./sort.ts";

type Rules = {
  comparison: ComparisonRule;
  distance: DistanceRule;
  batchDistance: BatchDistanceRule;
  collection: CollectionRule;
  latency: LatencyRule;
  distanceSort: DistanceSortRule;
  absoluteSort: AbsoluteSortRule;
  compound: CompoundRule;
};

export type Rule = Rules[keyof Rules];

const ruleTypes: { readonly [Type in keyof Rules]: RuleType<Rules[Type]> } = {
  comparison,
  distance,
  batchDistance,
  collection,
  latency,
  distanceSort,
  absoluteSort,
  compound,
};

/** What the rule's type can do. */
export function typeOf(rule: Rule): RuleType<Rule> {
  return ruleTypes[rule.type];
}

/** The rule type that documents spell `name`. */
export function findRuleType(name: string): RuleType<Rule> | undefined {
  const all: readonly RuleType<Rule>[] = Object.values(ruleTypes);
  return all.find((type) => type.names.includes(name)) as RuleType<Rule> | undefined;
}

/** Every spelling of a type that works. */
export const ruleTypeNames: readonly string[] = Object.values(ruleTypes).flatMap((type) => type.names);

/** How documents write each type, and which keys it has beside those that all have. */
export const ruleTypeSpellings: readonly {
  readonly type: string;
  readonly names: readonly string[];
  readonly keys: readonly string[];
}[] = Object.entries(ruleTypes).map(([type, { names, keys }]) => ({ type, names, keys }));
