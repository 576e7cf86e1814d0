// A rule set as everything behind the parser sees it: one form for all dialects, with its expansions worked out.
import type { AttributeValue } from "@muster/proto";
import type { Dialect } from "./language/dialect.ts";
import type { PartyAggregation } from "./language/expression.ts";
import type { Rule } from "./rule-types/table.ts";

/** A checked rule set. Immutable; made only by `parseRuleSet`. */
export type RuleSet = {
  readonly dialect: Dialect;
  readonly attributes: readonly AttributeSpec[];
  /** Whose age decides what has expanded: the youngest ticket of a candidate match, or the oldest. */
  readonly expansionAge: "newest" | "oldest";
  /** What holds at which age, by rising age. The first holds from 0 ms: the document without its expansions. */
  readonly tiers: readonly [Tier, ...Tier[]];
};

/** What a match must fulfil when its tickets have waited for `fromAgeMs` or longer. */
export type Tier = {
  readonly fromAgeMs: number;
  readonly teams: readonly TeamSpec[];
  readonly rules: readonly Rule[];
  readonly algorithm: Algorithm;
};

/** Which of the matches that rules allow is looked for, and how: FlexMatch's words. It makes nothing legal or illegal. */
export type Algorithm = {
  /** `balanced`: teams are made alike in `balancedAttribute`. */
  readonly strategy: "exhaustiveSearch" | "balanced";
  /** `sorted`: tickets that are near the anchor in `sortByAttributes` are tried first, not the oldest. */
  readonly batchingPreference: "random" | "sorted" | "largestPopulation" | "fastestRegion";
  readonly sortByAttributes: readonly AttributeSpec[];
  readonly balancedAttribute: AttributeSpec | undefined;
  /** `low`: new matches come before fills in each round. */
  readonly backfillPriority: "normal" | "low" | "high";
};

export type AttributeSpec = {
  readonly name: string;
  readonly type: "number" | "string" | "string_list" | "string_number_map";
  readonly default: AttributeValue | undefined;
  /** What rules that name no aggregation of their own use; undefined: the dialect's default. */
  readonly partyAggregation: PartyAggregation | undefined;
};

export type TeamSpec = {
  /** The template's name, as the document gives it. */
  readonly name: string;
  readonly minPlayers: number;
  readonly maxPlayers: number;
  readonly minQuantity: number;
  readonly maxQuantity: number;
  /** Names of all instances that may open, `maxQuantity` of them. */
  readonly instances: readonly string[];
};

/** The tier whose age has been reached, the last such one. */
export function tierAt(ruleSet: RuleSet, ageMs: number): Tier {
  return ruleSet.tiers.findLast((tier) => tier.fromAgeMs <= ageMs) ?? ruleSet.tiers[0];
}
