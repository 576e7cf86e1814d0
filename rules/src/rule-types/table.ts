// All rule types by name. A new one is a line in `Rules`, a line in `ruleTypes`, and its file.
import { type ComparisonRule, comparison } from "./comparison.ts";
import { type DistanceRule, distance } from "./distance.ts";
import type { RuleType } from "./rule-type.ts";

type Rules = {
  comparison: ComparisonRule;
  distance: DistanceRule;
};

export type Rule = Rules[keyof Rules];

const ruleTypes: { readonly [Type in keyof Rules]: RuleType<Rules[Type]> } = {
  comparison,
  distance,
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

/** Types that dialects know and this build refuses, by the name that documents use. */
export const laterRuleTypeNames: readonly string[] = [
  "batchDistance",
  "collection",
  "collectionRule",
  "latency",
  "latencyRule",
  "distanceSort",
  "absoluteSort",
  "compound",
];
